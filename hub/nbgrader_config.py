"""What nbgrader does on the hub's machine, for learners and instructor alike.

The names of learners are those of their accounts: nbgrader takes them from the process that hands
in, and `labkit.grading.receipts` refuses at collecting what another account made.
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "ml-trends"
c.Exchange.root = str(Path(os.environ.get("LABKIT_HUB_SHARE", "/srv/ml-trends"), "exchange"))

# Labs lie in a learner's workbook: there they are fetched to, handed in from, and there feedback
# goes. Fetching never overwrites; what is missing comes back.
c.Exchange.assignment_dir = str(Path.home() / "ml-trends" / "labs")
c.ExchangeFetchAssignment.replace_missing_files = True
