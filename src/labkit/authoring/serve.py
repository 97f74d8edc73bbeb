"""The learner's JupyterLab: home page first, no dialogs, no instructor's menus.

Jupyter reads its settings from every folder of its configuration path, so SETTINGS is one such
folder: `labkit lab` names it in an environment variable, and Binder's postBuild copies it into
the environment. An instructor's plain `jupyter lab` in the same environment stays as it was.
What lies in the served folder is the release's work (`labkit.authoring.workbook`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from labkit.authoring.workbook import release_workbook

SETTINGS = Path(__file__).parent / "jupyter"
WORKBOOK = "workbook"


def lab_environment() -> dict[str, str]:
    """Return this process's environment with the learner's settings in front of the others."""
    path = [str(SETTINGS)]
    if "JUPYTER_CONFIG_PATH" in os.environ:
        path.append(os.environ["JUPYTER_CONFIG_PATH"])
    # One thread each: the labs' matrix products are small, and Binder gives one core.
    return {"OMP_NUM_THREADS": "1", **os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(path)}


def lab_command(folder: Path, port: int, open_browser: bool) -> list[str]:
    """Return the command that serves `folder` to this computer alone.

    Port 0 stands for Jupyter's usual port or the next free one; any other is taken or refused.
    """
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1"]
    command.append(f"--ServerApp.root_dir={folder}")
    if port:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not open_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container one often is root. Nobody but this computer is served.
        command.append("--allow-root")
    return command


def serve_lab(root: Path, port: int = 0, open_browser: bool = True) -> int:
    """Run JupyterLab on the workbook of the course in `root` until it is closed.

    The workbook is released first where there is none. Returns JupyterLab's exit code.
    """
    folder = root / WORKBOOK
    if not folder.is_dir():
        release_workbook(root, folder)
    server = subprocess.Popen(lab_command(folder, port, open_browser), env=lab_environment())
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:
            # The terminal told JupyterLab too; it asks back or ends by itself.
            continue
