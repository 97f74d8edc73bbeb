"""The bootstrap on a computer where things are missing: every message, and what is done twice.

Nothing is installed here: the programs that the bootstrap starts are played by `Computer`. Only
pytest is needed, so that these tests run on every platform.
"""

from __future__ import annotations

import ast
import errno
import importlib.util
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GIGABYTE = 10**9
LEFT_OUT = "causalml 0.18.0 requires xgboost, which is not installed."
BROKEN = "scipy 1.17.1 requires numpy, which is not installed."
LISTS = ("requirements/learner.txt", "requirements/developer.txt")
DiskUsage = namedtuple("DiskUsage", "total used free")


def load_bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Computer:
    """Plays the programs: Pythons by their versions, and pip by a queue of (exit code, log)."""

    def __init__(self, bootstrap: ModuleType) -> None:
        self.bootstrap = bootstrap
        self.pythons = {"python3.11": "3.11"}
        self.pip_answers: list[tuple[int, str]] = []
        self.uv_answers = [0]
        self.index = ""
        self.venv_answer = (0, b"")
        # What `pip check` says at one call after the other; the last one stays.
        self.checks = [LEFT_OUT]
        self.waits: list[Callable[[], int]] = [lambda: 0]
        self.calls: list[list[str]] = []
        self.environments: list[dict[str, str]] = []

    def run(self, command: list[str], **_: Any) -> SimpleNamespace:
        self.calls.append(command)
        if "venv" in command:
            code, words = self.venv_answer
            if code == 0:
                python = self.bootstrap.venv_python()
                python.parent.mkdir(parents=True)
                python.touch()
                (self.bootstrap.VENV / "pyvenv.cfg").touch()
                self.pythons[str(python)] = "3.11"
            return SimpleNamespace(returncode=code, stdout=words)
        version = self.pythons.get(command[0])
        if version is None:
            raise FileNotFoundError(command[0])
        if "check" in command:
            words = self.checks.pop(0) if len(self.checks) > 1 else self.checks[0]
            return SimpleNamespace(returncode=1 if words else 0, stdout=words.encode())
        if "config" in command:
            return SimpleNamespace(returncode=not self.index, stdout=self.index.encode())
        return SimpleNamespace(returncode=0, stdout=version.encode())

    def call(self, command: list[str], **how: Any) -> int:
        self.calls.append(command)
        if "--log" in command:
            code, log = self.pip_answers.pop(0) if self.pip_answers else (0, "")
            Path(command[command.index("--log") + 1]).write_text(log)
            if code == 0:
                self.installed(command)
            return code
        if not Path(command[0]).exists():
            raise FileNotFoundError(command[0])
        if command[0] == str(self.bootstrap.program("uv")):
            self.environments.append(how["env"])
            code = self.uv_answers.pop(0) if len(self.uv_answers) > 1 else self.uv_answers[0]
            if code == 0:
                self.installed(command)
            return code
        if "release" in command:
            self.release()
        if "m.version('torch')" in command[-1]:
            return 1
        return 0

    def installed(self, command: list[str]) -> None:
        """Lay the programs where an installation that was asked for them would."""
        if command[-1].startswith("uv=="):
            self.bootstrap.program("uv").touch()
        for kind, programs in self.bootstrap.PROGRAMS.items():
            if self.bootstrap.list_of(kind) in command:
                for name in programs:
                    self.bootstrap.program(name).touch()

    def release(self) -> None:
        """Write a workbook of one notebook, and labkit's record of it."""
        self.bootstrap.WORKBOOK.mkdir(exist_ok=True)
        (self.bootstrap.WORKBOOK / "lab.ipynb").touch()
        record = self.bootstrap.WORKBOOK / ".labkit-release.json"
        record.write_text('{"lab.ipynb": "digest", "thrown-away.ipynb": "digest"}')

    def start(self, command: list[str]) -> SimpleNamespace:
        self.calls.append(command)
        if not Path(command[0]).exists():
            raise FileNotFoundError(command[0])
        return SimpleNamespace(wait=lambda: self.waits.pop(0)() if self.waits else 0)

    def started(self, word: str) -> list[list[str]]:
        """Return the calls that have this word on their command line."""
        return [call for call in self.calls if word in call]


def copy_lists(folder: Path) -> None:
    """Copy what decides which packages are installed."""
    (folder / "requirements").mkdir()
    for name in ("pyproject.toml", "constraints.txt", *LISTS):
        shutil.copy(ROOT / name, folder / name)


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    bootstrap = load_bootstrap()
    copy_lists(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "WORKBOOK", tmp_path / "workbook")
    played = Computer(bootstrap)
    names = ("PIPE", "DEVNULL", "STDOUT", "TimeoutExpired")
    stand_in = SimpleNamespace(run=played.run, call=played.call, Popen=played.start)
    for name in names:
        setattr(stand_in, name, getattr(subprocess, name))
    monkeypatch.setattr(bootstrap, "subprocess", stand_in)
    monkeypatch.setattr(
        bootstrap,
        "shutil",
        SimpleNamespace(rmtree=shutil.rmtree, disk_usage=lambda _: DiskUsage(0, 0, 100 * GIGABYTE)),
    )
    return played


def test_a_first_start_installs_the_learners_list_and_stamps_it(computer: Computer) -> None:
    assert computer.bootstrap.main(["setup"]) == 0
    (course,) = computer.started("-e")
    assert course[course.index("-r") + 1] == "requirements/learner.txt"
    assert "--no-deps" in course
    assert computer.bootstrap.is_set_up("learner")
    assert not computer.bootstrap.is_set_up("developer")


def test_what_is_started_keeps_the_code_that_it_compiles(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    computer.bootstrap.main(["lab"])
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


@pytest.mark.parametrize("command", ["test", "site", "lint"])
def test_what_developers_need_is_added_when_it_is_asked_for(
    computer: Computer, command: str
) -> None:
    computer.bootstrap.main(["lab"])
    computer.calls.clear()
    assert computer.bootstrap.main([command]) == 0
    (course,) = computer.started("-e")
    assert course[course.index("-r") + 1] == "requirements/developer.txt"
    assert not computer.started("venv")


def test_a_developers_environment_serves_learners_and_stays_a_developers(
    computer: Computer, tmp_path: Path
) -> None:
    computer.bootstrap.main(["test"])
    computer.calls.clear()
    computer.bootstrap.main(["lab"])
    assert not computer.started("-e")
    (tmp_path / "pyproject.toml").write_text("# newer")
    computer.bootstrap.main(["lab"])
    (course,) = computer.started("-e")
    assert course[course.index("-r") + 1] == "requirements/developer.txt"


def test_the_fast_installer_does_the_work_where_it_can_be_had(computer: Computer) -> None:
    computer.index = "https://mirror.example/simple"
    assert computer.bootstrap.main(["setup"]) == 0
    (course,) = computer.started("-e")
    assert course[:3] == [str(computer.bootstrap.program("uv")), "pip", "install"]
    assert course[course.index("-r") + 1] == "requirements/learner.txt"
    assert computer.environments[0]["UV_DEFAULT_INDEX"] == computer.index


def test_pip_does_the_same_where_the_fast_installer_does_not_get_through(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.uv_answers = [1]
    assert computer.bootstrap.main(["setup"]) == 0
    fast, slow = computer.started("-r")
    assert fast[0] == str(computer.bootstrap.program("uv")) and "--log" in slow
    assert fast[2 : fast.index("--python")] == slow[slow.index("install") :]
    assert "did not get through" in capsys.readouterr().out


def test_pip_does_it_alone_where_there_is_no_fast_installer(computer: Computer) -> None:
    torch = [(0, "")] if sys.platform == "linux" else []
    computer.pip_answers = [*torch, (1, "no such wheel"), (0, "")]
    assert computer.bootstrap.main(["setup"]) == 0
    assert "--log" in computer.started("-r")[-1] and not computer.environments


def test_a_second_start_runs_nothing_but_what_was_asked_for(computer: Computer) -> None:
    computer.bootstrap.main(["test"])
    computer.calls.clear()
    assert computer.bootstrap.main(["test"]) == 0
    assert [call[1:] for call in computer.calls] == [["-m", "pytest"]]


def test_a_second_set_up_checks_and_says_that_all_is_there(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.bootstrap.main(["setup"])
    computer.calls.clear()
    assert computer.bootstrap.main(["setup"]) == 0
    assert "Already set up" in capsys.readouterr().out
    assert computer.started("check") and not computer.started("-e")


def test_a_set_up_repairs_packages_that_were_lost(computer: Computer) -> None:
    computer.bootstrap.main(["setup"])
    computer.calls.clear()
    computer.checks = [BROKEN, ""]
    assert computer.bootstrap.main(["setup"]) == 0
    assert computer.started("-e") and not computer.started("venv")
    assert computer.bootstrap.is_set_up("learner")


def test_what_a_set_up_asks_the_doctor_is_answered_by_a_missing_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = pytest.importorskip("labkit.doctor")
    _, question = load_bootstrap().PACKAGES_CHECK
    monkeypatch.chdir(tmp_path)
    for name, code in (("pytest", 0), ("no-such-package", 1)):
        monkeypatch.setattr(doctor.metadata, "requires", lambda _, name=name: [name])
        with pytest.raises(SystemExit) as ended:
            exec(question, {})
        assert ended.value.code == code


def test_a_set_up_makes_an_environment_anew_whose_python_does_not_start(
    computer: Computer,
) -> None:
    computer.bootstrap.main(["setup"])
    computer.calls.clear()
    del computer.pythons[str(computer.bootstrap.venv_python())]
    assert computer.bootstrap.main(["setup"]) == 0
    assert computer.started("venv") and computer.started("-e")


@pytest.mark.parametrize("command", ["lab", "site", "lint"])
def test_a_missing_program_is_named_with_the_way_to_repair_it(
    computer: Computer, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    computer.bootstrap.main(["lint"])
    computer.bootstrap.main(["lab"])
    for tool in computer.bootstrap.PROGRAMS["developer"]:
        computer.bootstrap.program(tool).unlink()
    shutil.rmtree(computer.bootstrap.WORKBOOK)
    assert computer.bootstrap.main([command]) == 1
    said = capsys.readouterr().err
    assert "could not be started" in said and "python bootstrap.py setup" in said
    computer.calls.clear()
    assert computer.bootstrap.main(["setup"]) == 0 and computer.started("-e")
    assert computer.bootstrap.main([command]) == 0


def test_an_interpreter_that_does_not_start_is_named_too(computer: Computer) -> None:
    with pytest.raises(computer.bootstrap.SetUpError, match="`python` could not be started"):
        computer.bootstrap.stay_with(["nowhere/python", "-m", "pytest"])


def test_a_venv_of_another_kind_is_left_as_it_is(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = computer.bootstrap.VENV / "deep" / "notes.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("mine")
    assert computer.bootstrap.main(["setup"]) == 1
    assert "is no Python environment" in capsys.readouterr().err
    assert notes.read_text() == "mine" and not computer.started("venv")


def test_an_environment_cut_off_while_being_made_is_made_anew(computer: Computer) -> None:
    (computer.bootstrap.VENV / "lib" / "python3.11").mkdir(parents=True)
    assert computer.bootstrap.main(["setup"]) == 0
    assert computer.started("venv")


def test_an_environment_cut_off_while_being_deleted_is_still_known(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    computer.bootstrap.main(["setup"])
    with monkeypatch.context() as patch:
        deletions = [shutil.rmtree, interrupt]
        patch.setattr(
            computer.bootstrap.shutil, "rmtree", lambda *a, **k: deletions.pop(0)(*a, **k)
        )
        del computer.pythons[str(computer.bootstrap.venv_python())]
        assert computer.bootstrap.main(["setup"]) == 130
    assert computer.bootstrap.main(["setup"]) == 0


def test_a_folder_that_takes_no_files_is_told_as_such(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(computer.bootstrap, "open", refuse, raising=False)
    assert computer.bootstrap.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert "Nothing can be written into" in said and "Permission denied" in said
    assert computer.calls == []


@pytest.mark.parametrize("name", ["pyproject.toml", LISTS[0]])
def test_a_changed_dependency_file_sets_up_again_in_the_same_environment(
    computer: Computer, tmp_path: Path, name: str
) -> None:
    computer.bootstrap.main(["setup"])
    computer.calls.clear()
    with open(tmp_path / name, "a") as handle:
        handle.write("\n# newer\n")
    assert computer.bootstrap.main(["setup"]) == 0
    assert computer.started("-e") and not computer.started("venv")


def test_a_moved_folder_is_set_up_again(
    computer: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computer.bootstrap.main(["setup"])
    monkeypatch.setattr(computer.bootstrap, "ROOT", tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    copy_lists(tmp_path / "elsewhere")
    assert not computer.bootstrap.is_set_up("learner")


def test_a_missing_python_is_named_with_the_ways_to_install_it(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.pythons.clear()
    assert computer.bootstrap.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert "Python 3.11 was not found" in said
    assert "apt-get install python3.11" in said and "winget install" in said


def test_another_python_is_not_taken_for_the_right_one(computer: Computer) -> None:
    computer.pythons = {"python3.11": "3.10", "py": "3.11"}
    assert computer.bootstrap.find_python() == ["py", "-3.11"]


def test_a_python_without_venv_is_told_how_to_get_it(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.venv_answer = (1, b"ensurepip is not available")
    assert computer.bootstrap.main(["setup"]) == 1
    assert "apt-get install python3.11-venv" in capsys.readouterr().err


def test_no_network_is_told_as_such(computer: Computer, capsys: pytest.CaptureFixture[str]) -> None:
    computer.pip_answers = [(1, "Temporary failure in name resolution\nERROR: No matching")] * 4
    assert computer.bootstrap.main(["setup"]) == 1
    assert "no way to the network" in capsys.readouterr().err
    assert not computer.bootstrap.is_set_up("learner")


def test_a_full_disk_is_told_before_anything_is_written(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.bootstrap.shutil.disk_usage = lambda _: DiskUsage(0, 0, GIGABYTE // 2)
    assert computer.bootstrap.main(["setup"]) == 1
    assert "only 0.5 GB are free" in capsys.readouterr().err
    assert not computer.bootstrap.VENV.exists()


def test_a_disk_that_fills_up_on_the_way_is_told_as_such(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.pip_answers = [(1, "OSError: [Errno 28] No space left on device")] * 4
    assert computer.bootstrap.main(["setup"]) == 1
    assert "pip ran out of space" in capsys.readouterr().err


def test_an_unknown_pip_failure_points_at_its_log(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.pip_answers = [(1, "ERROR: something new")] * 4
    assert computer.bootstrap.main(["setup"]) == 1
    assert ".venv/pip.log" in capsys.readouterr().err


def test_an_interrupted_installation_goes_on_without_a_new_environment(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(computer.bootstrap, "pip", interrupt)
        assert computer.bootstrap.main(["setup"]) == 130
    assert "goes on from here" in capsys.readouterr().err
    computer.calls.clear()
    assert computer.bootstrap.main(["setup"]) == 0
    assert not computer.started("venv")


def test_a_broken_environment_is_made_anew_once(computer: Computer) -> None:
    computer.checks = [f"{LEFT_OUT}\n{BROKEN}", LEFT_OUT]
    assert computer.bootstrap.main(["setup"]) == 0
    assert len(computer.started("venv")) == 2


def test_packages_that_never_fit_end_with_a_message(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.checks = [BROKEN]
    assert computer.bootstrap.main(["setup"]) == 1
    said = capsys.readouterr().err
    assert "do not work together" in said and BROKEN in said
    assert not computer.bootstrap.is_set_up("learner")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a torch of its own to choose")
def test_torch_comes_first_and_without_an_index_where_a_wheel_is_at_hand(
    computer: Computer,
) -> None:
    computer.bootstrap.main(["setup"])
    first = computer.started("install")[0]
    assert "--no-index" in first and first[-1].startswith("torch==")
    assert "-e" in computer.started("install")[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a torch of its own to choose")
def test_without_the_cpu_index_torch_comes_with_all_that_it_asks_for(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.pip_answers = [(1, "no such wheel"), (1, "ConnectTimeoutError"), (0, "")]
    assert computer.bootstrap.main(["setup"]) == 0
    third = computer.started("--log")[2]
    assert third[-1].startswith("torch==") and "--no-deps" not in third
    assert "CPU index was not reached" in capsys.readouterr().out


def test_lab_releases_the_notebooks_and_then_opens_jupyterlab(computer: Computer) -> None:
    assert computer.bootstrap.main(["lab"]) == 0
    release, lab = (call[1:] for call in computer.calls[-2:])
    assert release[:2] == ["release", "--to"]
    assert lab == ["lab"]


def test_a_later_start_makes_no_notebook_that_is_there(computer: Computer) -> None:
    computer.bootstrap.main(["lab"])
    computer.calls.clear()
    assert computer.bootstrap.main(["lab"]) == 0
    assert [call[1:] for call in computer.calls] == [["lab"]]


def test_a_notebook_that_was_lost_or_whose_source_is_newer_is_made_again(
    computer: Computer, tmp_path: Path
) -> None:
    computer.bootstrap.main(["lab"])
    (computer.bootstrap.WORKBOOK / "lab.ipynb").unlink()
    computer.bootstrap.main(["lab"])
    assert len(computer.started("release")) == 2
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "newer.py").touch()
    computer.bootstrap.main(["lab"])
    assert len(computer.started("release")) == 3


def test_a_package_with_a_lost_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "thing.py").touch()
    (tmp_path / "thing-1.dist-info").mkdir()
    (tmp_path / "thing-1.dist-info" / "RECORD").write_text('thing.py,,\n"a/__pycache__/b.pyc",,\n')
    whole = load_bootstrap().CHECKS[0]
    # Only the folder named here is looked through: isolated, without site-packages.
    start = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = [{str(tmp_path)!r}]\n"]
    question = [*start[:-1], start[-1] + whole[1]]
    assert subprocess.run(question).returncode == 0
    (tmp_path / "thing.py").unlink()
    assert subprocess.run(question).returncode == 1


def test_ctrl_c_in_jupyterlab_is_left_to_jupyterlab(computer: Computer) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    computer.waits = [interrupted, interrupted, lambda: 0]
    assert computer.bootstrap.main(["lab"]) == 0
    assert computer.waits == []


def test_test_hands_its_arguments_to_pytest(computer: Computer) -> None:
    computer.bootstrap.main(["test", "-k", "storm"])
    assert computer.calls[-1][1:] == ["-m", "pytest", "-k", "storm"]


def test_site_makes_the_reading_site_and_tells_how_it_ended(computer: Computer) -> None:
    computer.bootstrap.main(["setup"])
    assert computer.bootstrap.main(["site"]) == 0
    assert computer.calls[-1] == [str(computer.bootstrap.program("labkit")), "site"]
    computer.bootstrap.call_tool = lambda *_: 1
    assert computer.bootstrap.main(["site"]) == 1


@pytest.mark.parametrize("arguments", [["--help"], ["lab", "--help"], ["setup", "-h"]])
def test_help_that_was_asked_for_is_no_failure(
    computer: Computer, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert computer.bootstrap.main(arguments) == 0
    assert "python bootstrap.py lab" in capsys.readouterr().out
    assert computer.calls == []


@pytest.mark.parametrize("arguments", [[], ["lba"], ["lba", "--help"], ["lab", "--fast"]])
def test_a_mistyped_command_shows_the_help(
    computer: Computer, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert computer.bootstrap.main(arguments) == 2
    assert "python bootstrap.py lab" in capsys.readouterr().out
    assert computer.calls == []


def test_only_one_set_up_works_at_a_time(computer: Computer, tmp_path: Path) -> None:
    with open(tmp_path / ".venv.lock", "w") as second:
        with computer.bootstrap.only_one_at_a_time():
            assert not computer.bootstrap.try_lock(second.fileno())
        assert computer.bootstrap.try_lock(second.fileno())


@pytest.mark.skipif(sys.platform == "win32", reason="the lock of Windows is another")
@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (errno.EWOULDBLOCK, False),
        (errno.EACCES, False),
        (errno.ENOLCK, True),
        (errno.EOPNOTSUPP, True),
    ],
)
def test_a_drive_without_locks_is_not_waited_for(
    computer: Computer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: int,
    taken: bool,
) -> None:
    import fcntl

    def refuse(*_: int) -> None:
        raise OSError(answer, "refused")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert computer.bootstrap.try_lock(0) is taken
    assert ("No locks on this drive" in capsys.readouterr().out) is taken


def test_a_killed_set_up_leaves_no_lock_behind(computer: Computer, tmp_path: Path) -> None:
    script = (
        f"import os, sys; sys.path.insert(0, {str(ROOT)!r}); import bootstrap\n"
        f"handle = open({str(tmp_path / '.venv.lock')!r}, 'w')\n"
        "assert bootstrap.try_lock(handle.fileno()); os._exit(0)"
    )
    subprocess.run([sys.executable, "-B", "-c", script], check=True)
    with open(tmp_path / ".venv.lock", "w") as handle:
        assert computer.bootstrap.try_lock(handle.fileno())


def test_the_bootstrap_is_written_for_python_3_8() -> None:
    ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_the_bootstrap_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else _names(node))
        if name
    }
    assert imported <= sys.stdlib_module_names


def _names(node: ast.Import) -> list[str]:
    return [alias.name for alias in node.names]
