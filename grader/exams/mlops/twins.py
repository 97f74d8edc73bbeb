"""Rows with equal hashes in pandas, computed.

`pandas.util.hash_pandas_object` has 64 bits and no secret in it: each step of it can be undone. A
whole number becomes h by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014), and the row
(a, b, ...) begins with the state ((0x345678 ^ h(a)) * 1000003) ^ h(b). To a, b and any c there is a
d that leads to the same state.
"""

from __future__ import annotations

WORD = 2**64
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def mixed(number: int) -> int:
    """The 64 bits that pandas makes of a whole number."""
    x = number % WORD
    x = (x ^ (x >> 30)) * FIRST % WORD
    x = (x ^ (x >> 27)) * SECOND % WORD
    return x ^ (x >> 31)


def twin(a: int, b: int, c: int) -> int:
    """The whole number d, so that rows which begin with (a, b) and (c, d) have equal hashes."""
    states = [(0x345678 ^ mixed(number)) * 1_000_003 % WORD for number in (a, c)]
    found = _unmixed(states[0] ^ mixed(b) ^ states[1])
    return found - WORD if found >= WORD // 2 else found


def _unmixed(x: int) -> int:
    x = _unshifted(x, 31) * pow(SECOND, -1, WORD) % WORD
    x = _unshifted(x, 27) * pow(FIRST, -1, WORD) % WORD
    return _unshifted(x, 30)


def _unshifted(x: int, by: int) -> int:
    """The number of which x is `number ^ (number >> by)`."""
    number = x
    for _ in range(64 // by):
        number = x ^ (number >> by)
    return number
