"""Helper package of the course: worlds, checks, learner state, authoring and grading."""

__version__ = "0.1.0"
