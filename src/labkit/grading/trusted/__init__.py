"""The trusted process: what it asks of the learner's process, and how values travel between them."""
