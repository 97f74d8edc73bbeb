"""The list of words in CONTRIBUTING.md holds for what people read."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import words  # noqa: E402


def test_pages_documents_cards_and_modules_keep_to_the_list():
    found = list(words.found_in(ROOT))
    assert not found, "\n".join(found)


def test_a_word_is_found_in_prose_and_not_in_code(tmp_path: Path):
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (tmp_path / "CONTRIBUTING.md").write_text(contributing, encoding="utf-8")
    (tmp_path / "README.md").write_text("Good.\nA Normal law, dear reader.\n`dear`\n")
    lesson = tmp_path / "course" / "08_x" / "lesson.py"
    lesson.parent.mkdir(parents=True)
    lesson.write_text("# %% [markdown]\n# The red line.\n# %%\ndear = 1  # dear\n")
    code = tmp_path / "src" / "labkit" / "a.py"
    code.parent.mkdir(parents=True)
    code.write_text('dear = "dear"\nsaid = "not\\nrightly so"\n')
    places = [line.partition(": ")[0] for line in words.found_in(tmp_path)]
    assert places == ["README.md:2", "README.md:2", "course/08_x/lesson.py:2", "src/labkit/a.py:3"]
