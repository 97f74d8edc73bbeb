"""After handing in, the home page says so, and whether the lab has changed since."""

from __future__ import annotations

import json
from pathlib import Path

from labkit.authoring.catalog import FACTS, FACTS_FORMAT
from labkit.desk.handing_in import Wishes, hand_in
from labkit.desk.home import home
from labkit.desk.notebooks import read_work
from labkit.learner import progress
from sample_work import LAB, answered


def shown(folder: Path) -> dict[str, str]:
    (module,) = home(folder)["modules"]
    return module["submitted"]


def test_of_two_hand_ins_within_a_second_the_later_one_is_shown(tmp_path: Path):
    module = {"name": LAB, "lesson": "", "lab": "", "tasks": [], "questions": []}
    module["prerequisites"] = []
    facts = {"format": FACTS_FORMAT, "title": "Course", "introduction": ""}
    facts["modules"] = [module | {"question": "How much?"}]
    (tmp_path / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    for receipt in ("first", "second"):
        progress.record_submission(LAB, receipt, "zip", "0" * 64, "2026-01-07T10:00:00+00:00")
    assert shown(tmp_path)["receipt"] == "second"


def test_the_home_page_tells_handed_in_and_changed_since(tmp_path: Path):
    path = answered(tmp_path)
    module = {"name": LAB, "lesson": "", "lab": f"labs/{LAB}/sums.ipynb", "tasks": []}
    module["questions"] = []
    facts = {"format": FACTS_FORMAT, "title": "Course", "introduction": ""}
    facts["modules"] = [module | {"prerequisites": [], "question": "How much?"}]
    (tmp_path / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    assert shown(tmp_path) is None
    receipt = hand_in(read_work(path), [], Wishes(False, learner="ada"), lambda card: None)
    assert (shown(tmp_path)["receipt"], shown(tmp_path)["since"]) == (receipt["id"], "")
    notebook = json.loads(path.read_bytes())
    notebook["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert shown(tmp_path)["since"] == ""
    answered(tmp_path, word="word = 'other'")
    assert shown(tmp_path)["since"] == "changed since"
