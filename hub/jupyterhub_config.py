"""A small JupyterHub: one class, one machine, an account of the system for everybody.

It says who may log in, and how the servers of learners and of the instructor are started. What
nbgrader does on this machine stands in `nbgrader_config.py` beside it; docs/HUB.md tells how to
set it all up. Where something lies elsewhere, set the variable named in `setting`.
"""

import os
import sys
from pathlib import Path

import labkit

c = get_config()  # noqa: F821


def setting(name: str, usual: str) -> str:
    """Return the value of `LABKIT_HUB_<name>`, else the usual one."""
    return os.environ.get(f"LABKIT_HUB_{name}", usual)


INSTRUCTOR = setting("INSTRUCTOR", "teacher")
LEARNERS = setting("LEARNERS", "learners")  # the system's group of those who may log in
COURSE = setting("COURSE", f"/home/{INSTRUCTOR}/ml-trends")  # the repository, the instructor's own
SHARE = setting("SHARE", "/srv/ml-trends")  # the released workbook, and nbgrader's exchange
BOARD = setting("BOARD", "http://127.0.0.1:8012")  # where the class's board answers the hub alone
WORKBOOK = "$HOME/ml-trends"  # a learner's own

HERE = Path(__file__).resolve().parent
PROFILES = Path(labkit.__file__).parent / "desk" / "settings"
PROGRAMS = Path(sys.executable).parent

# Passwords and names are the system's. A name cannot be chosen: a server runs as its account, and
# nbgrader asks the system whose process it is. Whoever is not in the group cannot log in.
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allowed_users = {INSTRUCTOR}
c.LocalAuthenticator.allowed_groups = {LEARNERS}
c.JupyterHub.spawner_class = "localprocess"

# The board of the class (board.py): it runs as the instructor, and a learner's server may tell it.
SEES_BOARD = "access:services!service=class"
c.JupyterHub.services = [
    {
        "name": "class",
        "url": BOARD,
        "user": INSTRUCTOR,
        "command": [sys.executable, str(HERE / "board.py")],
        "cwd": "/",
        "environment": {
            "LABKIT_HUB_INSTRUCTOR": INSTRUCTOR,
            "LABKIT_HUB_COURSE": COURSE,
            "LABKIT_HUB_SHARE": SHARE,
        },
        "oauth_no_confirm": True,
    }
]
c.Spawner.server_token_scopes = ["users:activity!user", "access:servers!server", SEES_BOARD]

# The instructor sees who is there and can stop a server, and cannot open it.
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", SEES_BOARD]},
    {
        "name": "instructor",
        "users": [INSTRUCTOR],
        "scopes": ["admin-ui", "list:users", "servers", "read:users:activity"],
    },
]

# Nobody but this machine, until there is a certificate (docs/HUB.md).
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.ConfigurableHTTPProxy.command = ["configurable-http-proxy"]
# Debian's Node.js looks there by itself, others do not.
os.environ.setdefault("NODE_PATH", "/usr/share/nodejs")

c.Spawner.start_timeout = c.Spawner.http_timeout = 120
# A forgotten server holds its memory; what was passed and saved stays.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=7200",
    "--ServerApp.shutdown_no_activity_timeout=7200",
]

# Each of these runs as the account whose server it is. A full disk must not keep anybody out.
START_LEARNER = f"""
mkdir -p "{WORKBOOK}"
labkit release --from "$LABKIT_HUB_SHARE/workbook" --to "{WORKBOOK}"
cd "{WORKBOOK}" && exec jupyterhub-singleuser --ServerApp.root_dir="{WORKBOOK}" "$@"
"""
START_INSTRUCTOR = f"""
cd "{COURSE}" && exec jupyterhub-singleuser --ServerApp.root_dir="{COURSE}" "$@"
"""


def prepare(spawner) -> None:
    """Start a learner's server on the own workbook, and the instructor's on the course."""
    teaches = spawner.user.name == INSTRUCTOR
    settings = (
        [PROFILES / "instructor"] if teaches else [PROFILES / "exchange", PROFILES / "learner"]
    )
    spawner.default_url = "/lab" if teaches else "/lab/tree/HOME.md"
    spawner.cmd = ["/bin/sh", "-c", START_INSTRUCTOR if teaches else START_LEARNER, "sh"]
    spawner.environment = {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(map(str, [*settings, HERE])),
        "LABKIT_BOARD_URL": f"{BOARD}/services/class/",
        "LABKIT_HUB_SHARE": SHARE,
        "OMP_NUM_THREADS": "1",  # the labs' matrix products are small, and the cores are shared
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
    }


c.Spawner.pre_spawn_hook = prepare
