"""What two answers share that others do not: fingerprints of their tokens, after winnowing.

Names that a learner chooses, comments, empty lines, brackets and the order of lines play no part.
What the notebook gave to everybody is taken out. Of what is left a fingerprint counts the more, the
fewer answers of the cohort have it, and little if one of the lab's own answers has it: two right
answers to a short task share what most right answers share, which says nothing.

Source: Schleimer, Wilkerson and Aiken (2003), Winnowing: local algorithms for document
fingerprinting, SIGMOD.
"""

from __future__ import annotations

import builtins
import keyword
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

LENGTH, WINDOW = 5, 3
"""Tokens of a fingerprint, and how many neighbours are looked at for the smallest: whatever two
answers share in LENGTH + WINDOW - 1 tokens in a row is found."""

DIFFERENCE = 6.0
"""What weighs 1 and only one of two has, takes away what 6 of the same weight in common gave:
whoever hides a copy changes names and order, and of the rest little."""

TOKEN = re.compile(
    r"(?P<end>\n)|(?P<skip>[^\S\n]+|\#[^\n]*|\\\n)"
    r"|(?P<text>[rbfuRBFU]{0,2}(?:'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"))"
    r"|(?P<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*=?|//=?|<<|>>|[-+*/%@&|^!=<>:]=|->|.)",
    re.DOTALL,
)
PLACE = re.compile(r"\{[^{}]*\}")
"""A place in an f-string, which may hold a name."""
FIXED = frozenset(keyword.kwlist) | frozenset(dir(builtins))


def tokens(source: str, fixed: Iterable[str] = ()) -> list[list[str]]:
    """Return the tokens of an answer line by line, names that a learner chooses all as one.

    Args:
        source: any text; what is no Python is cut into signs.
        fixed: names that the notebook gives, such as those of its imports.
    """
    known = FIXED | set(fixed)
    lines: list[list[str]] = [[]]
    depth = 0
    for match in TOKEN.finditer(source):
        kind, text = match.lastgroup, match.group()
        line = lines[-1]
        if kind == "end":
            if line and depth <= 0:
                lines.append([])
        elif kind == "name":
            attribute = bool(line) and line[-1] == "."
            line.append(text if attribute or text in known else "name")
        elif kind == "number":
            line.append(_number(text))
        elif kind == "text":
            if not text.endswith(('"""', "'''")):  # as good as a comment
                line.append(PLACE.sub("{}", text.strip("rbfuRBFU'\"")))
        elif kind == "sign":
            depth += (text in "([{") - (text in ")]}")
            if text not in "()":  # more of them change nothing
                line.append(text)
    return [line for line in lines if line]


def _number(text: str) -> str:
    try:
        return repr(float(text.replace("_", "")))
    except ValueError:
        return text


def fingerprints(lines: Iterable[Sequence[str]]) -> set[int]:
    """Choose of all runs of `LENGTH` tokens in a line the smallest digest in each window."""
    found = set()
    for line in lines:
        runs = max(1, len(line) - LENGTH + 1)
        grams = [_digest(line[place : place + LENGTH]) for place in range(runs)]
        windows = max(1, runs - WINDOW + 1)
        found |= {min(grams[place : place + WINDOW]) for place in range(windows)}
    return found


def _digest(run: Sequence[str]) -> int:
    return zlib.crc32("\0".join(run).encode("utf-8", "replace"))


def weigh(
    prints: Sequence[set[int]], own: Sequence[set[int]] = ()
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weigh what answers to one task share.

    A fingerprint that two answers alone have weighs 1, one that all have 0, in between it falls
    with the logarithm of how many have it. What is in one of the lab's own answers weighs as if at
    least half of all had it: somebody who thinks alike writes that too.

    Args:
        prints: fingerprints of the n answers; of one that is not there, none.
        own: those of the lab's own right and wrong answers, which count as answers too.

    Returns:
        What two answers have in common and in what they differ, both of shape (n, n), and 0 where
        one of the two is not there.
    """
    everybody = len(prints) + len(own)
    often = Counter(one for answer in (*prints, *own) for one in answer)
    known = set().union(*own)
    places = {one: place for place, one in enumerate(often)}
    counts = [max(often[one], everybody / 2) if one in known else often[one] for one in places]
    most = np.log((everybody + 1) / 2) if everybody > 1 else 1.0
    weights = np.log((everybody + 1) / np.array(counts or [1.0])) / most
    rows = [place for place, answer in enumerate(prints) for _ in answer]
    columns = [places[one] for answer in prints for one in answer]
    roots = np.sqrt(np.maximum(weights, 0.0))[columns]
    matrix = sparse.csr_matrix((roots, (rows, columns)), shape=(len(prints), len(weights)))
    common = np.asarray((matrix @ matrix.T).todense())
    whole = np.diag(common)
    both = np.logical_and.outer(whole > 0, whole > 0)
    return common * both, (np.add.outer(whole, whole) - 2 * common) * both


def evidence(common: NDArray[np.float64], different: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the evidence that two learners' work in a lab has one origin, shape (n, n).

    Args:
        common, different: sums over the lab's tasks of what `weigh` gives.
    """
    return common - DIFFERENCE * different
