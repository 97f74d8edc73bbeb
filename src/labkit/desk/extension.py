"""Where JupyterLab finds the home page's extension: in this package, nothing is built."""

from __future__ import annotations

from pathlib import Path

LABEXTENSIONS = Path(__file__).parent / "labextensions"
