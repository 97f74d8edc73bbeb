"""A hub with throw-away accounts of the system, set up by the commands of docs/HUB.md."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import requests

from labkit.authoring.build import build
from member import Member
from page import ROOT, blocks, commands
from within_reach import for_everybody

PEOPLE = ("teacher", "ada", "grace")
ASSIGNMENT = "01_double"
COURSE_ID = "ml-trends"

CATALOG = f"""\
title: A course
introduction: What it is about.
modules:
  - name: {ASSIGNMENT}
    title: Double
    trend: Numbers grow.
    question: How much is twice as much?
    skills: [Double]
    roles: [Planner]
    minutes: 10
    points: 6
    prerequisites: []
    status: available
"""
LESSON = "# %% [markdown]\n# # A lesson\n\n# %%\n1 + 1\n"
LAB = """\
# %% [markdown]
# # Twice as much


# %% solution="double"
def double(number):
    ### BEGIN SOLUTION
    return number * 2
    ### END SOLUTION


# %% test="double" points=4
assert double(3) == 6

# %% solution="half"
half = None
### BEGIN SOLUTION
half = 0.5
### END SOLUTION

# %% test="half" points=2
assert half == 0.5
"""


class Classroom:
    """Accounts, folders and the hub; it exists once the page's commands have run."""

    def __init__(self, folder: Path) -> None:
        mark = secrets.token_hex(3)
        self.folder = folder
        self.names = {person: f"lk{mark}{person[0]}" for person in (*PEOPLE, "mallory")}
        self.group = f"lk{mark}"
        self.passwords = {person: secrets.token_hex(8) for person in self.names}
        self.share = folder / "share"
        self.course = folder / "home" / self.names["teacher"] / "ml-trends"
        self.log = folder / "hub.log"
        self.port, self.hub_port, self.proxy_port, self.board_port = free_ports(4)
        self.members: dict[str, Member] = {}
        self.said = ""  # by the instructor's commands when they graded

    @property
    def places(self) -> dict[str, str]:
        """What the examples of the page are called here."""
        return self.names | {
            "learners": self.group,
            "08_rl_supply_chain": ASSIGNMENT,
            "--create-home": f"--create-home --base-dir {self.folder / 'home'}",
            "hub /etc/jupyterhub": f"{ROOT / 'hub'} {self.folder / 'etc'}",
            "/etc/jupyterhub": str(self.folder / "etc"),
            "/opt/labkit/bin": str(Path(sys.executable).parent),
            "/srv/ml-trends": str(self.share),
            "/var/lib/jupyterhub": str(self.folder / "state"),
        }

    def make_accounts(self) -> None:
        """Make the accounts and the folders, and lay a course into the instructor's home."""
        (self.folder / "home").mkdir()
        run_as_root(commands("Accounts", self.places))
        # She has an account and is not in the group.
        run_as_root([f"useradd --no-create-home {self.names['mallory']}"])
        lines = [f"{self.names[who]}:{word}\n" for who, word in self.passwords.items()]
        subprocess.run(["chpasswd"], input="".join(lines), text=True, check=True)
        run_as_root(commands("Folders", self.places))
        write_course(self.course)
        teacher = self.names["teacher"]
        run_as_root([f"chown -R {teacher}:{teacher} {self.course}"])

    def remove_accounts(self) -> None:
        """Remove every account and group that was made."""
        for name in self.names.values():
            subprocess.run(["userdel", "--remove", name], capture_output=True)
        subprocess.run(["groupdel", self.group], capture_output=True)

    @contextlib.contextmanager
    def hub(self) -> Iterator[None]:
        """Run the hub as the page says, on free ports; end all that it started."""
        options = [
            f"--JupyterHub.bind_url=http://127.0.0.1:{self.port}",
            f"--JupyterHub.hub_port={self.hub_port}",
            f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{self.proxy_port}",
        ]
        *before, start = commands("Start", self.places)
        # In the shell's place, so that a signal reaches the hub, which then ends all servers.
        script = "\n".join([*before, f"exec env {start} {' '.join(options)}"])
        settings = {
            "LABKIT_HUB_INSTRUCTOR": self.names["teacher"],
            "LABKIT_HUB_LEARNERS": self.group,
            "LABKIT_HUB_COURSE": str(self.course),
            "LABKIT_HUB_SHARE": str(self.share),
            "LABKIT_HUB_BOARD": f"http://127.0.0.1:{self.board_port}",
        }
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                for_everybody(["/bin/sh", "-c", script]),
                env=os.environ | settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            yield
        finally:
            process.terminate()
            process.wait(300)

    def log_in(self, person: str, password: str | None = None) -> Member:
        """Open a browser's session for somebody, with the account's password."""
        address = f"http://127.0.0.1:{self.port}"
        member = Member(address, self.names[person], password or self.passwords[person])
        self.members[person] = member
        return member

    def processes(self) -> list[psutil.Process]:
        """What runs under the accounts of this class, and has not ended unseen by its parent."""
        uids = {pwd.getpwnam(name).pw_uid for name in self.names.values()}
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.uids().real in uids and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def server_of(self, person: str) -> psutil.Process:
        """The process of somebody's server."""
        uid = pwd.getpwnam(self.names[person]).pw_uid
        for process in self.processes():
            with contextlib.suppress(psutil.Error):  # one that has ended has no command line
                words = " ".join(process.cmdline())
                if process.uids().real == uid and "jupyterhub-singleuser" in words:
                    return process
        raise AssertionError(f"{person} has no server. {self.log.read_text('utf-8')[-3000:]}")

    def home(self, person: str) -> Path:
        """Somebody's home."""
        return self.folder / "home" / self.names[person]

    def terminal(
        self, person: str, *command: str, fine: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as in a terminal of somebody's server: its account, folder, environment."""
        server = self.server_of(person)
        account = pwd.getpwnam(self.names[person])
        become = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"]
        done = subprocess.run(
            for_everybody([*become, "--init-groups", "--", *command]),
            cwd=server.cwd(),
            env=server.environ(),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert not fine or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def sections(self, section: str) -> list[list[str]]:
        """The blocks of commands below a heading of the page, in this class's names."""
        return blocks(section, self.places)

    def follow(self, person: str, section: str) -> str:
        """Run the commands of a section of the page; return what they said."""
        return self.run_lines(person, commands(section, self.places))

    def run_lines(self, person: str, lines: list[str]) -> str:
        """Run lines of a shell in somebody's terminal; return what they said."""
        done = [self.terminal(person, "/bin/sh", "-c", line) for line in lines]
        return "".join(one.stdout + one.stderr for one in done)

    def answers_http(self, port: int) -> bool:
        """Tell whether a port of this machine is a web server's, and not a kernel's."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"http://127.0.0.1:{port}/", timeout=5).status_code > 0
        return False

    def submissions(self) -> list[str]:
        """The names of the folders that were handed in."""
        inbound = self.share / "exchange" / COURSE_ID / "inbound"
        return sorted(path.name for path in inbound.iterdir())


@contextlib.contextmanager
def new_classroom() -> Iterator[Classroom]:
    """Make a class whose hub runs; nothing of it is left afterwards.

    pytest's own folders are closed to other accounts, so this one lies beside them.
    """
    folder = Path(tempfile.mkdtemp(prefix="labkit-hub-"))
    folder.chmod(0o755)
    room = Classroom(folder)
    try:
        room.make_accounts()
        with room.hub():
            yield room
        # A kernel sees within a second that its server has gone, and ends.
        _, left = psutil.wait_procs(room.processes(), timeout=10)
        assert left == [], "the hub left servers behind"
    finally:
        for process in room.processes() if _have_accounts(room) else []:
            with contextlib.suppress(psutil.Error):
                process.kill()
        room.remove_accounts()
        shutil.rmtree(folder)


def _have_accounts(room: Classroom) -> bool:
    known = {account.pw_name for account in pwd.getpwall()}
    return known.issuperset(room.names.values())


def write_course(root: Path) -> None:
    """Write a course with one small lab, under the real course's configuration."""
    texts = {
        "course/course.yml": CATALOG,
        f"course/{ASSIGNMENT}/lesson.py": LESSON,
        f"labs/{ASSIGNMENT}/double.py": LAB,
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "grader").mkdir()
    for name in ("nbgrader_config.py", "jupyter_server_config.py", "grader/nbgrader_config.py"):
        shutil.copy(ROOT / name, root / name)
    build(root)


def run_as_root(lines: list[str], environment: Mapping[str, str] | None = None) -> None:
    """Run lines of a shell in the clone; the first that fails stops them."""
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", "\n".join(lines)],
        cwd=ROOT,
        env=environment or os.environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
