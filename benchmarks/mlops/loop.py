"""A credit scorer from raw data to a roll back at night, in one command, in the lab's own words.

    python benchmarks/mlops/loop.py
    python benchmarks/mlops/loop.py --registry http://127.0.0.1:5000

The functions are the lab's solutions as they stand; between them are an MLflow registry, in one
SQLite file or wherever the address says, and FastAPI under uvicorn on loopback. Nothing is sent
anywhere else. The exit code is 1 where a step does not find what it should, or where all together
take more than 20 s of CPU or 400 MB.

Measured on one core of a busy machine: 7.1 s of CPU and 296 MB in all, of which 2.7 s are imports
and 1.1 s (41 MB) the start of the registry in its file.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="1")
os.environ.update(MLFLOW_LOGGING_LEVEL="ERROR", MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false")
os.environ.update(MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true")

import httpx
import numpy as np
import pandas as pd
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression

from labkit.trends.mlops.registry import new_registry
from labkit.trends.mlops.world import ledger, tables

ROOT = Path(__file__).resolve().parents[2]
SECONDS, MEGABYTES = 20.0, 400.0

REGIONS = ("North", "South", "East", "West", "Isle")
BEFORE = tables.Applicants(2_900, 6.0, 42, 12, REGIONS)
AFTER = tables.Applicants(2_900, 6.0, 45, 12, REGIONS)
"""The bank opens branches in quarters where older people live."""

FEATURES = ["income", "rate", "age", "balance"]
WATCHED = ["hour", *FEATURES, "score"]
LEARN, WINDOW, WINDOWS = 1_000, 50, 10
USUAL, BAD, TRAFFIC = 0.02, 0.06, 40
"""Share of requests that fail, usually and when something is broken; requests a minute."""
OLDEST = 60
"""Where the age table of the third version ends."""

Rows = list[list[float]]
Model = Callable[[Rows], list[float]]
Step = Iterator[tuple[str, str]]


def of_the_lab() -> SimpleNamespace:
    """The functions of the lab's solution, by name."""
    names: dict[str, Any] = {"np": np, "pd": pd}
    source = (ROOT / "labs/10_mlops/mlops.py").read_text(encoding="utf-8")
    for cell in source.split("# %% ")[1:]:
        if cell.startswith("solution="):
            exec(compile(cell.partition("\n")[2], "lab", "exec"), names)
    return SimpleNamespace(**names)


def due(holds: bool, words: str) -> str:
    """Return the words, or end here where they do not hold."""
    if not holds:
        sys.exit(f"This should hold, and does not: {words}")
    return words


def decided(
    lab: SimpleNamespace, rng: np.random.Generator, who: tables.Applicants, rows: int, older: float
) -> pd.DataFrame:
    """Past applications with what was known of each account at the decision, and who failed."""
    table = tables.draw_table(rng, who, rows, (1, 30))
    events = ledger.draw_events(rng, rows, 3)
    hours = rng.integers(300, ledger.HOURS, rows)
    cuts = pd.DataFrame({"customer": np.arange(rows), "cut": hours})
    table["balance"] = lab.known_then(events, cuts)
    table = table.fillna({"income": who.income, "rate": who.rate})
    risk = 0.5 * (table["rate"] - 6) - (table["balance"] - 4_000) / 1_500
    risk += older * (table["age"] - 42) / 10
    table["failed"] = rng.random(rows) < 1 / (1 + np.exp(-risk))
    return table


def learn(table: pd.DataFrame) -> dict[str, list[float]]:
    """Weights of the features as they come, and a constant: a model that is plain data."""
    x = table[FEATURES].to_numpy(float)
    middle, scale = x.mean(axis=0), x.std(axis=0)
    fitted = LogisticRegression().fit((x - middle) / scale, table["failed"])
    weights = fitted.coef_[0] / scale
    constant = fitted.intercept_[0] - weights @ middle
    return {"weights": weights.tolist(), "constant": [float(constant)]}


def scorer(model: dict[str, list[float]]) -> Model:
    """The chance to fail, of rows in the order of the features."""

    def score(rows: Rows) -> list[float]:
        log_odds = np.array(rows) @ model["weights"] + model["constant"][0]
        return (1 / (1 + np.exp(-log_odds))).tolist()

    return score


def troubled(model: Model, rng: np.random.Generator, oldest: float = np.inf) -> Model:
    """A model whose storage does not answer now and then, and whose age table may end."""

    def score(rows: Rows) -> list[float]:
        if rng.random() < USUAL:
            raise TimeoutError("the storage does not answer")
        if max(row[FEATURES.index("age")] for row in rows) > oldest:
            raise KeyError("age")
        return model(rows)

    return score


class Registry:
    """Versions of the scorer in MLflow, each with its weights and the id of its data."""

    def __init__(self, address: str) -> None:
        self.client = MlflowClient(tracking_uri=address, registry_uri=address)
        self.experiment = self.client.create_experiment("scorer")
        self.client.create_registered_model("scorer")

    def add(self, model: dict[str, list[float]], data: str) -> str:
        """Store a model; return its version."""
        run = self.client.create_run(self.experiment)
        self.client.log_dict(run.info.run_id, model, "model.json")
        self.client.set_terminated(run.info.run_id)
        stored = self.client.create_model_version(
            "scorer", f"{run.info.artifact_uri}/model.json", run.info.run_id, {"data": data}
        )
        return str(stored.version)

    def move(self, version: str) -> None:
        """Let *live* stand for a version."""
        self.client.set_registered_model_alias("scorer", "live", version)

    def live(self) -> tuple[str, Model]:
        """Version and model that *live* stands for."""
        found = self.client.get_model_version_by_alias("scorer", "live")
        with tempfile.TemporaryDirectory() as folder:
            file = self.client.download_artifacts(str(found.run_id), "model.json", folder)
            return str(found.version), scorer(json.loads(Path(file).read_text("utf-8")))


@contextmanager
def serving(lab: SimpleNamespace, models: dict[str, Model]) -> Iterator[Callable[..., Any]]:
    """Serve the models; give a function that sends a body to one and returns status and scores."""
    service = FastAPI()

    @service.post("/{name}")
    async def score(name: str, request: Request) -> JSONResponse:
        status, scores = lab.respond(await request.body(), FEATURES, models[name])
        return JSONResponse(scores, status)

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(service, log_level="critical"))
        thread = threading.Thread(target=server.run, args=([door],), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        while not server.started:
            time.sleep(0.02)
        with httpx.Client(base_url=address, trust_env=False) as client:

            def send(name: str, body: str) -> tuple[int, list[float]]:
                reply = client.post(name, content=body)
                return reply.status_code, reply.json()

            yield send
        server.should_exit = True
        thread.join(10)


def body_of(table: pd.DataFrame) -> str:
    """What a branch sends for its applicants."""
    return json.dumps({"rows": table[FEATURES].astype(float).to_dict("records")})


def watch(lab: SimpleNamespace, send: Any, name: str, table: pd.DataFrame) -> tuple[str, int]:
    """Send requests, count those that fail, minute by minute, until it is decided."""
    requests, errors = [], []
    for start in range(0, len(table), TRAFFIC):
        minute = table.iloc[start : start + TRAFFIC]
        statuses = [send(name, body_of(minute.iloc[[one]]))[0] for one in range(len(minute))]
        requests.append(len(statuses))
        errors.append(sum(status != 200 for status in statuses))
        decision, place = lab.canary(USUAL, BAD, np.array(requests), np.array(errors))
        if decision != "continue":
            return decision, place + 1
    return "continue", len(requests)


def seen(table: pd.DataFrame, model: Model) -> np.ndarray:
    """What a dashboard watches, (n, 6)."""
    scores = model(table[FEATURES].to_numpy(float).tolist())
    return table.assign(score=scores)[WATCHED].to_numpy(float)


def correct(table: pd.DataFrame, model: Model) -> np.ndarray:
    """Whether each case was decided correctly, 0 or 1."""
    scores = np.array(model(table[FEATURES].to_numpy(float).tolist()))
    return ((scores > 0.5) == table["failed"]).to_numpy(int)


def loop(address: str, running: ExitStack) -> Step:
    """The steps, each with what it found."""
    lab, rng = of_the_lab(), np.random.default_rng(10)
    reference = tables.draw_table(rng, BEFORE, 600, (1, 30))
    good = tables.draw_table(rng, BEFORE, 150, (31, 31), growth=0.1)
    cents, _ = tables.spoil(rng, good, "cents", "income")
    named = lab.broken(reference, good), lab.broken(reference, cents)
    yield "contract", due(named == ([], ["income"]), "a good day passes, one in cents is held")

    past = decided(lab, rng, BEFORE, LEARN + WINDOW * WINDOWS, older=0.0)
    first, quiet = past[:LEARN], past[LEARN:]
    yield "training set", f"{len(past):,} decisions, each with what was known then"

    data = lab.version(first)
    same = data == lab.version(first.sample(frac=1, random_state=1))
    yield "data version", due(same, f"{data[:12]}…, in any order of the rows")

    registry = Registry(address)
    yield "registry", f"at {address.partition('://')[0]}://…"

    registry.move(registry.add(learn(first), data))
    version, old = registry.live()
    yield "first release", due(version == "1", "version 1 is live, read back from the registry")

    models = {"live": old}
    send = running.enter_context(serving(lab, models))
    some = quiet[:20]
    status, scores = send("live", body_of(some))
    single = [send("live", body_of(some.iloc[[place]]))[1][0] for place in range(len(some))]
    bodies = ("{", '{"rows": []}', '{"rows": [NaN]}', " " * 20_001)
    refused = [send("live", body)[0] for body in bodies]
    fine = status == 200 and np.allclose(scores, single, rtol=1e-12)
    fine &= refused == [400, 422, 400, 413]
    yield "service", due(fine, f"a batch scores as its rows do; bad bodies get {refused}")

    after = decided(lab, rng, AFTER, 2 * LEARN, older=2.0)
    since = seen(pd.concat([quiet, after[: WINDOW * WINDOWS]]), old)
    windows = since.reshape(-1, WINDOW, len(WATCHED))
    place = lab.alarm(seen(first, old), windows)
    words = f"silent in {WINDOWS} quiet windows, rings in drifted window {place - WINDOWS + 1}"
    yield "alarm", due(place >= WINDOWS, words)

    second, judged = after[:LEARN], after[LEARN:]
    again = learn(second)
    ours, theirs = (correct(judged, model) for model in (old, scorer(again)))
    segment = judged["region"].map(REGIONS.index).to_numpy()
    words = f"{ours.mean():.1%} of decisions correct before, {theirs.mean():.1%} after"
    yield "retrained, duel", due(lab.promote(ours, theirs, segment), words)

    number = registry.add(again, lab.version(second))
    models["canary"] = troubled(scorer(again), rng)
    decision, minutes = watch(lab, send, "canary", after)
    words = f"{decision} after {minutes} minutes"
    yield "canary", due(decision == "promote", words)

    registry.move(number)
    version, new = registry.live()
    models["live"] = troubled(new, rng)
    yield "second release", due(version == "2", "version 2 is live")

    registry.move(registry.add(again, lab.version(second)))
    models["live"] = troubled(registry.live()[1], rng, OLDEST)
    decision, minutes = watch(lab, send, "live", after)
    words = f"version {registry.live()[0]} went live unwatched; {decision} after {minutes} minutes"
    yield "night", due(decision == "roll back", words)

    registry.move("2")
    version, models["live"] = registry.live()
    found = send("live", body_of(some))
    fine = version == "2" and np.allclose(found[1], scorer(again)(some[FEATURES].values.tolist()))
    yield "rolled back", due(fine, "version 2 is live again and scores as it did")


def memory() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main() -> None:
    """Print each step with CPU-seconds, memory so far and what it found."""
    parser = argparse.ArgumentParser(description="From raw data to a roll back.")
    parser.add_argument("--registry", help="address of a registry; without it a file of its own")
    given = parser.parse_args().registry
    before = time.process_time()
    print(f"{'start, imports':16} {before:5.2f} s {memory():4.0f} MB")
    with tempfile.TemporaryDirectory() as folder, chdir(folder), ExitStack() as running:
        address = given or new_registry(Path(folder, "registry.db"))
        for name, words in loop(address, running):
            now = time.process_time()
            print(f"{name:16} {now - before:5.2f} s {memory():4.0f} MB   {words}", flush=True)
            before = now
    taken, most = time.process_time(), memory()
    print(f"{'all':16} {taken:5.2f} s {most:4.0f} MB")
    if taken > SECONDS or most > MEGABYTES:
        sys.exit(f"More than {SECONDS:.0f} s of CPU, or than {MEGABYTES:.0f} MB.")


if __name__ == "__main__":
    main()
