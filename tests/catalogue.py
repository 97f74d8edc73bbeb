"""What tests of every module share: the catalogue's modules, and each module's own data.

A test that holds for every module stands once and takes ``AVAILABLE`` as its parameters; what a
module brings to it is data in ``tests/FOLDER/NN_slug.py``.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from labkit.authoring.catalog import load_catalog

ROOT = Path(__file__).resolve().parents[1]
AVAILABLE = [module.name for module in load_catalog(ROOT).modules if module.available]


def module_data(folder: str, name: str) -> ModuleType:
    """Return the Python file ``tests/folder/name.py``, loaded once.

    Raises ``FileNotFoundError`` where a module did not bring it.
    """
    key = f"tests_{folder}_{name}"
    if key not in sys.modules:
        path = ROOT / "tests" / folder / f"{name}.py"
        if not path.exists():
            raise FileNotFoundError(
                f"{path} is missing: the module {name} is available, so it has to bring its data "
                f"for tests/{folder}. Take a sibling's file as a pattern."
            )
        spec = importlib.util.spec_from_file_location(key, path)
        assert spec is not None and spec.loader is not None
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]
