"""The `labkit` command: its help reads well, its errors name the cause and the next step."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from labkit.cli import app, main

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "lab",
    "build",
    "release",
    "port",
    "practice",
    "verify",
    "grade",
    "sample-cohort",
    "roster",
    "report",
    "similar",
    "pair",
    "replay",
    "submit",
    "new-lab",
    "doctor",
)


def labkit(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "labkit.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600)


def test_the_overview_names_every_command():
    shown = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    purpose = result.output.partition("\n\n")[2].strip()
    assert len(purpose.splitlines()[0]) > 20


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verify", "99_nothing"), "There are no checks for '99_nothing'"),
        (("verify", "08_rl_supply_chain", "--task", "cook"), "has no task 'cook'; it has simulate"),
        (("sample-cohort", "99_nothing"), "There is no lab '99_nothing'"),
        (("sample-cohort",), "Name a lab, or several with --labs."),
        (("new-lab", "My Topic"), "Write two digits and a slug: 15_my_topic"),
        (("new-lab", "08_rl_supply_chain"), "08_rl_supply_chain"),
        (("port", "labs/nothing.py"), "nothing.ipynb: no such notebook"),
        (("release", "--to", "labs"), "labs"),
        (("submit", "99_nothing"), "There is no notebook of the lab '99_nothing'"),
        (("submit", "--verify", "nothing.zip"), "nothing.zip cannot be opened"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_without_a_traceback(arguments, words, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["labkit", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert words in capsys.readouterr().err


def test_every_committed_notebook_fits_its_source_as_the_command_finds_from_elsewhere(tmp_path):
    done = labkit("build", "--check", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
