"""Puts README's picture together: home page, a failed check with its known trap, a slider.

    LABKIT_SCREENSHOTS=shots python -m pytest -n0 tests/browser/test_first_hour.py -k learner
    python tools/readme_picture.py shots

The test takes the three pictures in a live JupyterLab; here they are only laid side by side.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "desk.png"
COLUMN, GAP = 640, 20  # pixels


def composed(home: Image.Image, check: Image.Image, slider: Image.Image) -> Image.Image:
    """Return the home page on the left; on the right, as high, the check above the slider."""
    right = [_scaled(picture, COLUMN / picture.width) for picture in (check, slider)]
    height = sum(picture.height for picture in right) + GAP
    left = _scaled(home, height / home.height)
    canvas = Image.new("RGB", (left.width + COLUMN + 3 * GAP, height + 2 * GAP), "#d8dee4")
    canvas.paste(left, (GAP, GAP))
    canvas.paste(right[0], (left.width + 2 * GAP, GAP))
    canvas.paste(right[1], (left.width + 2 * GAP, right[0].height + 2 * GAP))
    return canvas


def _scaled(picture: Image.Image, scale: float) -> Image.Image:
    size = round(picture.width * scale), round(picture.height * scale)
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Usage: python {sys.argv[0]} FOLDER_WITH_SCREENSHOTS")
    taken = [Path(sys.argv[1]) / f"readme-{name}.png" for name in ("home", "check", "slider")]
    composed(*(Image.open(path) for path in taken)).save(PICTURE, optimize=True)
    print(f"written: {PICTURE.relative_to(ROOT)}")
