"""docs/HUB.md and the files of hub/ say the same; its other commands are run in test_hub."""

from __future__ import annotations

import re
from pathlib import Path

from page import PAGE, ROOT, commands
from within_reach import closed_top

HUB = ROOT / "hub"


def test_systemd_starts_the_hub_as_the_page_does():
    unit = (HUB / "jupyterhub.service").read_text(encoding="utf-8")
    folder, start = commands("Start", {" ": " "})
    words = start.split()
    assert f"WorkingDirectory={folder.removeprefix('cd ')}\n" in unit
    assert f"ExecStart=/opt/labkit/bin/{' '.join(words[1:])}\n" in unit


def test_the_page_names_every_variable_that_the_hub_reads():
    config = (HUB / "jupyterhub_config.py").read_text(encoding="utf-8")
    read = {f"LABKIT_HUB_{name}" for name in re.findall(r'setting\("([A-Z]+)"', config)}
    assert read and read == set(re.findall(r"LABKIT_HUB_[A-Z]+", PAGE))


def test_the_exchange_of_the_page_is_the_one_that_nbgrader_uses():
    config = (HUB / "nbgrader_config.py").read_text(encoding="utf-8")
    course = re.findall(r'course_id = "(.+)"', config)[0]
    assert f"/srv/ml-trends/exchange/{course}/inbound" in commands("Folders", {" ": " "})[3]
    grader = (ROOT / "grader" / "nbgrader_config.py").read_text(encoding="utf-8")
    assert f'course_id = "{course}"' in grader


def test_a_folder_that_others_cannot_enter_is_found(tmp_path: Path):
    # Somewhere above pytest's own folders one may be closed already.
    closed = tmp_path / "closed"
    (closed / "open").mkdir(parents=True)
    closed.chmod(0o700)
    assert closed_top(closed / "open") in {closed, *closed.parents}
