"""An empty registry of models in one file, ready-made: mlflow builds its tables anew each time.

`figures/registry.json` holds the SQL that lays them, as ``benchmarks/mlops/tables.py`` found it.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path


def new_registry(file: Path) -> str:
    """Make an empty registry; return its address, which `MlflowClient` takes.

    It has the tables of the mlflow that is installed here. Another one, whose tables differ, says
    that they are out of date, and upgrades them by ``mlflow db upgrade``.

    Args:
        file: where, not there yet.

    Raises:
        sqlite3.OperationalError: there is a registry already, or the folder is missing.
    """
    text = files(__package__).joinpath("figures", "registry.json").read_text("utf-8")
    with closing(sqlite3.connect(file)) as base:
        base.executescript("\n".join(json.loads(text)))
    return f"sqlite:///{file.as_posix()}"
