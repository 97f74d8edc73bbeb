"""The trusted process, and how values travel between it and the learner's process."""
