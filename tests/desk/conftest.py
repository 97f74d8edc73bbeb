"""What the tests of the learner's desk share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep progress and Jupyter's settings of whoever runs the tests out of them."""
    home = tmp_path_factory.mktemp("labkit-home")
    for variable in ("LABKIT_HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    for variable in ("LABKIT_LEARNER", "JUPYTERHUB_USER", "NBGRADER_EXECUTION", "LABKIT_EXAMS"):
        monkeypatch.delenv(variable, raising=False)
    return home
