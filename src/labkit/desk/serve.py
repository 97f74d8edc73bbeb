"""JupyterLab for a learner or an instructor: home page first, no dialogs, fitting menus.

Jupyter reads its settings from every folder of its configuration path. Each profile is one such
folder below SETTINGS: `labkit lab` names it in an environment variable, and Binder's postBuild
copies the learner's into the environment. A plain `jupyter lab` elsewhere stays as it was.
What lies in the served folder is the release's work (`labkit.authoring.workbook`), what the home
page shows is the work of `labkit.desk.server`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from labkit.desk.exchange import exchange_configured

SETTINGS = Path(__file__).parent / "settings"
LEARNER = SETTINGS / "learner"
INSTRUCTOR = SETTINGS / "instructor"
EXCHANGE = SETTINGS / "exchange"
WORKBOOK = "workbook"


def lab_environment(*profiles: Path) -> dict[str, str]:
    """Return this process's environment with settings in front of the others, by default LEARNER.

    Of several folders the first wins: EXCHANGE before LEARNER adds nbgrader's assignment list.
    """
    path = [str(profile) for profile in profiles or (LEARNER,)]
    if "JUPYTER_CONFIG_PATH" in os.environ:
        path.append(os.environ["JUPYTER_CONFIG_PATH"])
    # One thread each: the labs' matrix products are small, and Binder gives one core.
    return {"OMP_NUM_THREADS": "1", **os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(path)}


def lab_command(folder: Path, port: int, open_browser: bool) -> list[str]:
    """Return the command that serves `folder` to this computer alone.

    Port 0 stands for Jupyter's usual port or the next free one; any other is taken or refused.
    """
    command = [sys.executable, "-m", "labkit.desk.start", "--ServerApp.ip=127.0.0.1"]
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
        # The authors' tools take seconds to import, which a learner with a workbook need not wait.
        from labkit.authoring.workbook import release_workbook

        release_workbook(root, folder)
    profiles = (EXCHANGE, LEARNER) if exchange_configured(folder) else (LEARNER,)
    return _run(lab_command(folder, port, open_browser), lab_environment(*profiles), folder)


def serve_instructor(root: Path, port: int = 0, open_browser: bool = True) -> int:
    """Run JupyterLab on the course itself, with nbgrader's menus, until it is closed.

    The home page is written into `root` first; git ignores it there. Returns JupyterLab's exit
    code.
    """
    prepare_instructor(root)
    command = lab_command(root, port, open_browser)
    return _run(command, lab_environment(INSTRUCTOR), root)


def prepare_instructor(root: Path) -> None:
    """Write the home page of the course's own folder, which is made from the catalog."""
    from labkit.authoring.catalog import load_catalog, render_home
    from labkit.authoring.workbook import HOME
    from labkit.files import write_atomically

    write_atomically(root / HOME, render_home(load_catalog(root)).encode("utf-8"))


def _run(command: list[str], environment: dict[str, str], folder: Path) -> int:
    # Jupyter and nbgrader read their configuration from the working folder too.
    server = subprocess.Popen(command, env=environment, cwd=folder)
    # Who ends this program means JupyterLab: left alone, it would hold its port and its kernels.
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:
            # The terminal told JupyterLab too; it asks back or ends by itself.
            continue
