"""The lab on supply chains, from release to exported grades, by stock nbgrader."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from lab_course import grade, lay, run, scores
from labkit.authoring.cohort import CohortError, write_cohort

LAB = "08_rl_supply_chain"
TOKEN = "only-for-this-test"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> Path:
    """A copy of the course's grading side, with the synthetic cohort graded."""
    root = lay(tmp_path_factory.mktemp("course"), LAB)
    grade(root, LAB)
    run(root, "nbgrader", "generate_feedback", LAB)
    return root


def test_work_is_worth_its_points_and_no_work_none(course: Path):
    # The essay's ten points are given by hand; half the tasks are worth 35.
    assert scores(course) == {
        "sample-all": 90.0,
        "sample-half": 35.0,
        "sample-none": 0.0,
        "sample-broken": 0.0,
    }


def test_every_check_ran_on_the_exam_and_left_a_card(course: Path):
    graded = course / "grader" / "autograded" / "sample-all" / LAB / "rl_supply_chain.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(graded, as_version=4).cells}
    tests = [cell for name, cell in cells.items() if name.startswith("test_")]
    assert len(tests) == 7
    for cell in tests:
        texts = [out["data"]["text/plain"] for out in cell.outputs if "data" in out]
        assert "points on the exam's instance" in texts[0]


def test_feedback_shows_every_learner_the_cards(course: Path):
    def page_of(learner: str) -> str:
        page = course / "grader" / "feedback" / learner / LAB / "rl_supply_chain.html"
        return page.read_text(encoding="utf-8")

    for learner in ("sample-all", "sample-half", "sample-none"):
        assert "labkit-card" in page_of(learner)
    # Its cells end before they define anything, so there is nothing that a check could be given.
    broken = page_of("sample-broken")
    assert "this answer is broken" in broken and "is not defined" in broken


def test_a_real_submission_is_never_overwritten_by_a_sample(course: Path):
    real = course / "grader" / "submitted" / "sample-half" / LAB
    marker = real / ".sample"
    marker.unlink()
    try:
        with pytest.raises(CohortError, match="stays as it is"):
            write_cohort(course, LAB)
    finally:
        marker.touch()


@pytest.fixture
def server(course: Path) -> Iterator[str]:
    """JupyterLab on loopback, run from the course's root as an instructor would."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--allow-root"]
    command.append(f"--IdentityProvider.token={TOKEN}")
    with (course / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=course, stdout=log, stderr=log, env=os.environ)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def test_formgrader_opens_and_lists_the_graded_lab(server: str, course: Path):
    assert "nbgrader formgrade" in _get(f"{server}/formgrader", course)
    listed = _get(f"{server}/formgrader/api/assignments", course)
    assert f'"name": "{LAB}"' in listed
    assert '"num_submissions": ' in listed


def _get(address: str, course: Path) -> str:
    """Fetch a page, waiting for the server to come up."""
    request = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
    for _ in range(600):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.5)
    raise AssertionError((course / "server.log").read_text()[-2000:])


NOISY = """
import logging
import os

logging.basicConfig(level=logging.INFO)


def newsvendor_quantity(demand, holding, penalty):
    logging.info("solving")
    os.write(2, b"written past Python")
    share = penalty / (penalty + holding)
    if demand["distribution"] == "discrete":
        values, probabilities = distributions.pmf(demand)
        return values[np.argmax(np.cumsum(probabilities) >= share - 1e-12)]
    return distributions.frozen(demand).ppf(share)
"""
MUTE = """
get_ipython().ast_node_interactivity = "none"


def simulate_dual_sourcing(*arguments):
    return 0
"""


def test_a_log_line_costs_no_point_and_a_hidden_result_earns_none(course: Path):
    submitted = course / "grader" / "submitted"
    notebook = nbformat.read(submitted / "sample-none" / LAB / "rl_supply_chain.ipynb", 4)
    for learner, place, source in (("eve", "newsvendor", NOISY), ("mallory", "simulate", MUTE)):
        copy = nbformat.from_dict(notebook)
        {cell.id: cell for cell in copy.cells}[place].source = source
        folder = submitted / learner / LAB
        folder.mkdir(parents=True)
        nbformat.write(copy, folder / "rl_supply_chain.ipynb")
        run(course, "nbgrader", "autograde", LAB, "--student", learner)
    given = scores(course)
    assert (given["eve"], given["mallory"]) == (10.0, 0.0)
