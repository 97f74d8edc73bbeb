"""Where the course is on Binder: as the catalog or the repository's remote says, or nowhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from labkit.authoring.catalog import Catalog

# https://github.com/OWNER/NAME.git, git@github.com:OWNER/NAME.git, ssh://git@github.com/OWNER/NAME
GITHUB = re.compile(
    r"(?:https://|ssh://)?(?:[^@/]+@)?github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)
NOWHERE = (
    "No address on Binder is known: course/course.yml has no `repository: OWNER/NAME`, and the "
    "repository has no remote on GitHub. Links to Binder are left out."
)


def binder_of(repository: str) -> str:
    """Return Binder's address of a repository on GitHub, "OWNER/NAME"; empty for none."""
    return f"https://mybinder.org/v2/gh/{repository}/HEAD" if repository else ""


def binder_address(root: Path, catalog: Catalog) -> str:
    """Return Binder's address of the course at `root`; empty where nobody knows it."""
    return binder_of(catalog.repository or _remote(root))


def _remote(root: Path) -> str:
    """Return "OWNER/NAME" of the remote `origin` on GitHub; empty where there is none."""
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = GITHUB.fullmatch(said.stdout.strip()) if said.returncode == 0 else None
    return found[1] if found else ""
