"""Word vectors from the package `wordllama`, read from its files (no download).

The package's own loader looks in another folder and then tries the network, so its two files are
read by `safetensors` and `tokenizers` directly. What to do with the vectors is left to the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def embed(texts: Sequence[str]) -> Floats:
    """Mean word vector of each text, of length 1: (n, 256).

    Raises:
        ModuleNotFoundError: the package `wordllama` is not installed.
    """
    tokenizer, table = _files()
    rows = []
    for text in texts:
        vector = table[tokenizer.encode(text, add_special_tokens=False).ids].mean(axis=0)
        rows.append(vector / np.linalg.norm(vector))
    return np.array(rows, dtype=float)


@lru_cache(maxsize=1)
def _files() -> tuple[Any, Any]:
    from safetensors import safe_open
    from tokenizers import Tokenizer

    found = find_spec("wordllama")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("the package wordllama is not installed", name="wordllama")
    root = Path(found.origin).parent
    with safe_open(str(root / "weights" / "l2_supercat_256.safetensors"), "np") as weights:
        table = weights.get_tensor("embedding.weight").astype(np.float32)
    return Tokenizer.from_file(
        str(root / "tokenizers" / "l2_supercat_tokenizer_config.json")
    ), table
