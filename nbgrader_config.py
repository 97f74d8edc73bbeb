"""Lets nbgrader find the course's configuration when it is run from the repository's root."""

from pathlib import Path

load_subconfig("nbgrader_config.py", path=str(Path(__file__).parent / "grader"))  # noqa: F821
