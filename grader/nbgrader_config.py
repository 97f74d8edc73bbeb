"""How stock nbgrader runs this course: what it reads, where it writes, how it executes.

Sources are the built notebooks in `labs/`; everything nbgrader writes stays in `grader/`.
"""

import os
import sys
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute

from labkit.grading.preprocessors import ExecuteExam

c = get_config()  # noqa: F821

GRADER = Path(__file__).resolve().parent

# nbgrader's call of `alembic` also works in an environment that is not activated.
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

c.ExecuteExam.exams = str(GRADER)
c.ExecuteExam.timeout = 600
c.Autograde.autograde_preprocessors = [
    ExecuteExam if step is Execute else step
    for step in Autograde.class_traits()["autograde_preprocessors"].default()
]
c.ExportPlugin.to = str(GRADER / "grades.csv")
