"""The step of autograding that runs a submission."""

from __future__ import annotations

import pytest
from traitlets.config import Config

from labkit.errors import CourseError
from labkit.grading.config import apply
from labkit.grading.execute import ExecuteApart, _require_python
from labkit.grading.sandbox import protection


def test_nothing_runs_where_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch):
    missing = protection.Protection(False, "the program bwrap (bubblewrap) is not installed")
    monkeypatch.setattr(protection, "protection", lambda: missing)
    with pytest.raises(protection.UnprotectedError, match="apt-get install bubblewrap"):
        ExecuteApart().preprocess(None, {})


@pytest.mark.parametrize(
    "said, why",
    [
        ("bwrap: No permissions to create new namespace", "namespaces are not allowed here"),
        ("ModuleNotFoundError: No module named 'labkit'", "does not find what it needs"),
    ],
)
def test_a_sandbox_that_does_not_start_says_why(
    monkeypatch: pytest.MonkeyPatch, said: str, why: str
):
    def start() -> None:
        raise protection.SandboxError(f"The sandbox did not start. {said}")

    monkeypatch.setattr(protection.WarmProcess, "start", start)
    assert why in protection._missing()
    assert said in protection._missing()


def test_the_flag_that_skips_execution_gives_no_full_marks():
    config = Config()
    apply(config)
    config.merge(Config({"Execute": {"enabled": False}}))  # what --no-execute does
    assert ExecuteApart(config=config).enabled


def test_the_time_of_a_cell_is_nbgraders_own_setting():
    config = Config({"Execute": {"timeout": 7}})
    assert ExecuteApart(config=config).timeout == 7


@pytest.mark.parametrize(
    "spec", [{"name": "ir", "language": "R"}, {"name": "x", "language": "julia"}]
)
def test_a_notebook_for_another_language_is_refused_with_a_way_out(spec: dict[str, str]):
    with pytest.raises(CourseError, match="--unsafe"):
        _require_python(spec)


@pytest.mark.parametrize(
    "spec", [{"name": "python3"}, {"name": "my-env", "language": "python"}, {}]
)
def test_any_python_kernel_will_do(spec: dict[str, str]):
    _require_python(spec)


def test_a_kernel_that_nobody_knows_is_no_python():
    with pytest.raises(CourseError, match="does not say which language"):
        _require_python({"name": "of-a-colleague"})
