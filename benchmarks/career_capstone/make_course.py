"""Write what the module's world knows of the course, from course/course.yml alone.

Run it from the repository's root after a change of titles, skills, roles, minutes or prerequisites:
`python benchmarks/career_capstone/make_course.py`. A test holds both together.
"""

from __future__ import annotations

import json
from pathlib import Path

import yaml

KEPT = ("name", "title", "skills", "roles", "minutes", "prerequisites")
TARGET = Path("src/labkit/trends/career_capstone/world/course.json")


def course(root: Path) -> list[dict[str, object]]:
    """The modules as the world keeps them."""
    catalogue = yaml.safe_load((root / "course/course.yml").read_text())
    return [{name: module[name] for name in KEPT} for module in catalogue["modules"]]


if __name__ == "__main__":
    TARGET.write_text(json.dumps(course(Path()), indent=1, ensure_ascii=False) + "\n")
    print(f"written: {TARGET}")
