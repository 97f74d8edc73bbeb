"""How stock nbgrader runs this course: what it reads, where it writes, how it executes.

Sources are the built notebooks in `labs/`; everything nbgrader writes stays in `grader/`.
"""

import os
import sys
from pathlib import Path

from nbgrader.converters import Autograde

from labkit.grading.preprocessors import NameLearner

c = get_config()  # noqa: F821

GRADER = Path(__file__).resolve().parent

# Inherited by the kernels: where the checks find the secret instances, one thread for each
# kernel, and nbgrader's call of `alembic` also works in an environment that is not activated.
os.environ["LABKIT_EXAMS"] = str(GRADER)
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

c.CourseDirectory.course_id = "ml-trends"
c.CourseDirectory.root = str(GRADER.parent)
c.CourseDirectory.source_directory = "labs"
c.CourseDirectory.release_directory = "grader/release"
c.CourseDirectory.submitted_directory = "grader/submitted"
c.CourseDirectory.autograded_directory = "grader/autograded"
c.CourseDirectory.feedback_directory = "grader/feedback"
c.CourseDirectory.solution_directory = "grader/solution"
c.CourseDirectory.source_with_tests_directory = "grader/source_with_tests"
c.CourseDirectory.db_url = f"sqlite:///{GRADER / 'gradebook.db'}"

# nbgrader copies every file of an assignment into its release: never the source with the
# answers.
c.CourseDirectory.ignore = [
    "*.py",
    "*.pyc",
    "__pycache__",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".ruff_cache",
    "feedback",
]

c.Execute.timeout = 600
c.Autograde.autograde_preprocessors = [
    NameLearner,
    *Autograde.class_traits()["autograde_preprocessors"].default(),
]
c.ExportPlugin.to = str(GRADER / "grades.csv")
