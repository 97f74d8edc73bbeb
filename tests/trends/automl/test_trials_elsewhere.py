"""Trials on Dask's workers say what they say here, also when a worker dies in the middle."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest
from dask.distributed import Client, LocalCluster

from labkit.trends.automl.world import surfaces


def trial(settings, pause=0.0):
    """What a learner's search asks for: a score, from settings alone."""
    time.sleep(pause)
    return float(surfaces.draw_surface(100).score(settings)[0])


@pytest.fixture
def client(tmp_path):
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
            local_directory=str(tmp_path), silence_logs="CRITICAL",
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        yield client


def test_two_workers_one_of_them_killed_say_what_one_process_says(client):
    tried = list(np.random.default_rng(7).uniform(size=(24, 6)))
    futures = client.map(trial, tried, pause=0.05, pure=False)
    first = client.gather(futures[:2])
    doomed = next(iter(client.scheduler_info()["workers"]))
    client.submit(os._exit, 1, workers=[doomed], retries=0, pure=False)
    assert first + client.gather(futures[2:]) == [trial(one) for one in tried]
