"""What the lesson and the lab call of pandera, fastapi, mlflow and scipy does what they say."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from labkit.trends.mlops.registry import new_registry


def test_pandera_checks_a_column_lazily():
    import pandera.pandas as pa

    schema = pa.DataFrameSchema({"x": pa.Column(float, pa.Check.in_range(0, 9), nullable=True)})
    schema.validate(pd.DataFrame({"x": [1.0, np.nan]}), lazy=True)
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        schema.validate(pd.DataFrame({"x": [1.0, 99.0]}), lazy=True)
    assert caught.value.failure_cases["failure_case"].tolist() == [99.0]


def test_the_registry_moves_a_name_and_back(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    from mlflow import MlflowClient

    place = new_registry(tmp_path / "registry.db")
    registry = MlflowClient(tracking_uri=place, registry_uri=place)
    registry.create_registered_model("scorer")
    for version in ("1", "2"):
        registry.create_model_version("scorer", source=version, tags={"data": version})
    for version in ("1", "2", "1"):
        registry.set_registered_model_alias("scorer", "live", version)
        live = registry.get_model_version_by_alias("scorer", "live")
        assert (str(live.version), live.tags["data"]) == (version, version)


def test_pythons_json_takes_what_is_no_json():
    assert np.isnan(json.loads("NaN"))
    assert json.loads("1e400") == float("inf")
    with pytest.raises(ValueError, match="Infinity"):
        json.loads("-Infinity", parse_constant=_refuse)


def _refuse(word):
    raise ValueError(word)


def test_pandas_row_hashes_do_not_see_names_of_columns():
    frame = pd.DataFrame({"a": [1, 2]})
    renamed = frame.rename(columns={"a": "b"})
    hashes = [pd.util.hash_pandas_object(f, index=False).tolist() for f in (frame, renamed)]
    assert hashes[0] == hashes[1]
