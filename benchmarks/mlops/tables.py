"""The tables of an empty MLflow registry, as SQL: run it again when mlflow changes.

    python benchmarks/mlops/tables.py

Writes `src/labkit/trends/mlops/figures/registry.json`. MLflow builds its 65 tables in 1.7
CPU-seconds on one core of a busy machine; laid from this file they are there in 6 ms.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from labkit.trends.mlops.registry import new_registry

os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="1")
PLACE = Path(__file__).resolve().parents[2] / "src/labkit/trends/mlops/figures/registry.json"


def main() -> None:
    """Let mlflow build its tables, write down their SQL, and lay them from it."""
    from mlflow import MlflowClient

    with tempfile.TemporaryDirectory() as folder:
        built, laid = Path(folder, "built.db"), Path(folder, "laid.db")
        start = time.process_time()
        address = f"sqlite:///{built.as_posix()}"
        MlflowClient(tracking_uri=address, registry_uri=address).search_registered_models()
        print(f"built by mlflow: {time.process_time() - start:.2f} CPU-s")
        with closing(sqlite3.connect(built)) as base:
            # The first experiment names this folder; mlflow makes it again where it is missing.
            base.execute("DELETE FROM experiments")
            base.commit()
            PLACE.write_text(json.dumps(list(base.iterdump()), indent=0) + "\n", "utf-8")
        start = time.process_time()
        new_registry(laid)
        print(f"laid from its SQL: {time.process_time() - start:.3f} CPU-s")
        with closing(sqlite3.connect(laid)) as base:
            print(f"{len(list(base.iterdump()))} statements, {PLACE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
