"""Whether this computer's nbgrader has an exchange, so that a learner gets its assignment list.

Fetching and submitting stay nbgrader's own work.
"""

from __future__ import annotations

import logging
from pathlib import Path

from jupyter_core.paths import jupyter_config_path

NAMES = ("nbgrader_config.py", "nbgrader_config.json")


def exchange_configured(folder: Path) -> bool:
    """Tell whether nbgrader, started in `folder`, names a course whose exchange is there.

    A configuration that nbgrader cannot use is told in the log, and stands in nobody's way.
    """
    places = [folder, *map(Path, jupyter_config_path())]
    # nbgrader takes a second to import, and most learners have no such file.
    if not any((place / name).is_file() for place in places for name in NAMES):
        return False
    try:
        return _has_exchange()
    # With a wrong setting nbgrader raises whatever that led to, or exits.
    except (Exception, SystemExit) as problem:
        logging.getLogger(__name__).warning(
            "nbgrader's configuration cannot be used (%s), so JupyterLab starts without the list "
            "of assignments. Tell your instructor.",
            problem,
        )
        return False


def _has_exchange() -> bool:
    from nbgrader.apps.baseapp import NbGrader
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeFactory
    from nbgrader.exchange.default import Exchange

    app = NbGrader(log_level=logging.CRITICAL)
    app.initialize([])
    if not app.coursedir.course_id:
        return False
    submit = ExchangeFactory(config=app.config).Submit(
        coursedir=app.coursedir, authenticator=Authenticator(parent=app), parent=app
    )
    # One of another maker keeps no folder.
    return not isinstance(submit, Exchange) or Path(submit.root).is_dir()
