"""Store the language model's 49,152 tokens as bytes, so that the lab needs no weights.

    python benchmarks/generative_ai/vocabulary.py

Special tokens, which stand for no text, are stored as the text of their names.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from labkit.trends.generative_ai import data
from labkit.trends.generative_ai.model import find
from labkit.trends.generative_ai.weights import header, token_bytes

STORED = Path(data.__file__).parent / "figures" / "tokens.npz"


def main() -> int:
    """Write the tokens: all bytes in a row, and the length of each."""
    settings = header(find()).settings
    tokens = [
        token_bytes(token) if kind == 1 else token.encode()
        for token, kind in zip(
            settings["tokenizer.ggml.tokens"], settings["tokenizer.ggml.token_type"], strict=True
        )
    ]
    np.savez_compressed(
        STORED,
        text=np.frombuffer(b"".join(tokens), dtype=np.uint8),
        length=np.array([len(token) for token in tokens], dtype=np.uint8),
    )
    print(f"{len(tokens)} tokens, {STORED.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
