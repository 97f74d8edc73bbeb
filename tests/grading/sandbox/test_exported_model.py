"""A model exported to ONNX says in a throw-away sandbox what it says here."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from skl2onnx import to_onnx
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from labkit.grading.sandbox.client import box
from labkit.trends.automl.world import market

KINDS = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
    "small neural network": make_pipeline(
        StandardScaler(), MLPClassifier((8,), max_iter=30, random_state=0)
    ),
    "decision tree": DecisionTreeClassifier(max_depth=6, random_state=0),
    "random forest": RandomForestClassifier(20, max_depth=8, random_state=0),
    "extra trees": ExtraTreesClassifier(20, max_depth=8, random_state=0),
    "boosted trees": HistGradientBoostingClassifier(max_iter=30, random_state=0),
}
# What the other machine runs: it has the file and the numbers, and no library that trained.
SERVER = """
import pathlib, sys
import numpy as np
import onnxruntime
here = pathlib.Path(sys.argv[1])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
x = np.load(here / "x.npy")
for file in sorted(here.glob("*.onnx")):
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    np.save(file.with_suffix(".npy"), session.run(None, {session.get_inputs()[0].name: x})[1])
assert not {"sklearn", "skl2onnx", "labkit"} & set(sys.modules)
"""


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_six_kinds_of_model_say_the_same_in_a_sandbox(need_sandbox, tmp_path):
    train, new = market.draw_churn(800, 1), market.draw_churn(20_000, 2)
    asked = new.x.astype(np.float32)
    np.save(tmp_path / "x.npy", asked)
    for name, model in KINDS.items():
        file = to_onnx(model.fit(train.x, train.y), asked[:1], options={"zipmap": False})
        (tmp_path / f"{name}.onnx").write_bytes(file.SerializeToString())
    command = [*box(tmp_path), sys.executable, "-c", SERVER, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    for name, model in KINDS.items():
        there = np.load(tmp_path / f"{name}.npy")
        assert np.abs(there - model.predict_proba(asked)).max() <= 1e-5, name
