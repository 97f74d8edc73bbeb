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
WIDTH, HEIGHT, GAP = 1500, 760, 20


def composed(home: Image.Image, check: Image.Image, slider: Image.Image) -> Image.Image:
    """Return the home page on the left, check above slider on the right."""
    canvas = Image.new("RGB", (WIDTH, HEIGHT), "#d8dee4")
    left = WIDTH * 11 // 20
    right = WIDTH - left - GAP
    for picture, place, width, height in (
        (home, (GAP, GAP), left - GAP, HEIGHT - 2 * GAP),
        (check, (left + GAP, GAP), right - GAP, HEIGHT * 3 // 10),
        (slider, (left + GAP, HEIGHT * 3 // 10 + 2 * GAP), right - GAP, HEIGHT * 7 // 10 - 3 * GAP),
    ):
        scale = min(width / picture.width, height / picture.height)
        size = round(picture.width * scale), round(picture.height * scale)
        canvas.paste(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), place)
    return canvas


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Usage: python {sys.argv[0]} FOLDER_WITH_SCREENSHOTS")
    taken = [Path(sys.argv[1]) / f"readme-{name}.png" for name in ("home", "check", "slider")]
    composed(*(Image.open(path) for path in taken)).save(PICTURE, optimize=True)
    print(f"written: {PICTURE.relative_to(ROOT)}")
