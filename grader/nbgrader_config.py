"""How nbgrader runs this course: what it reads, where it writes, how it executes.

Sources are the built notebooks in `labs/`; everything nbgrader writes stays in `grader/`. What a
submission may do is said in docs/GRADING.md.
"""

import os
import sys
from pathlib import Path

from labkit.grading.config import apply

c = get_config()  # noqa: F821
apply(c)

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
c.ZipCollectApp.downloaded_directory = "grader/downloaded"
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

# Only the trusted process sees this folder's exams and key.
c.ExecuteApart.exams = str(GRADER)
c.ExecuteApart.timeout = 600
c.ExportPlugin.to = str(GRADER / "grades.csv")
