"""Right and wrong answers of task `unmask`, which prove its judge."""

from __future__ import annotations

import numpy as np

from labkit.trends.edge_federated.world import secure

P = secure.PRIME


def _at_zero(points):
    """The value at 0 of the polynomial through points, by Newton's divided differences."""
    xs, table = list(points), [points[x] for x in points]
    for level in range(1, len(xs)):
        for i in range(len(xs) - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) * pow(xs[i] - xs[i - level], -1, P) % P
    value = 0
    for i in range(len(xs) - 1, -1, -1):
        value = (value * -xs[i] + table[i]) % P
    return value


def _unmask(
    received,
    publics,
    threshold,
    number,
    reveal,
    *,
    refuse=True,
    kinds=("own", "pair"),
    short=0,
    both=False,
    sign=1,
    own=True,
    pair=True,
    holders_of=None,
):
    if refuse and len(received) < threshold:
        return None
    holders = list(received) if holders_of is None else holders_of(received, publics)
    holders = holders[: threshold - short]

    def secret(owner, kind):
        return _at_zero({h: reveal(h, owner, kind) for h in holders})

    total = sum(np.array(v, dtype=np.int64) for v in received.values())
    n = len(total)
    for client in received if own else ():
        total = total - secure.stream(secret(client, kinds[0]), number, n).astype(np.int64)
        if both:
            secret(client, "pair")
    for gone in (set(publics) - set(received)) if pair else ():
        known = secret(gone, kinds[1])
        for client in received:
            common = secure.stream(secure.agree(known, publics[client]), number, n)
            total = total - sign * (1 if client < gone else -1) * common.astype(np.int64)
    return total % 2**32


def by_newton(*arguments):
    return _unmask(*arguments)


def from_all_survivors(received, publics, threshold, number, reveal):
    """Takes every share it can get, and hands back unsigned words."""
    if len(received) < threshold:
        return None

    def secret(owner, kind):
        return _at_zero({h: reveal(h, owner, kind) for h in sorted(received, reverse=True)})

    total = np.zeros(len(next(iter(received.values()))), dtype=np.uint32)
    for client, numbers in received.items():
        total = total + numbers - secure.stream(secret(client, "own"), number, len(total))
    for gone in publics:
        if gone not in received:
            known = secret(gone, "pair")
            for client in received:
                key = pow(publics[client], known, P)
                common = secure.stream(key, number, len(total))
                total = total + common if gone < client else total - common
    return total


def only_adds(received, publics, threshold, number, reveal):
    if len(received) < threshold:
        return None
    return sum(np.array(v, dtype=np.int64) for v in received.values()) % 2**32


def _with(**changes):
    return lambda *arguments: _unmask(*arguments, **changes)


def own_of_everybody(received, publics, threshold, number, reveal):
    """Asks for the own secret of those who dropped out as well."""
    made = _unmask(received, publics, threshold, number, reveal)
    if made is not None:
        for gone in set(publics) - set(received):
            for holder in list(received)[:threshold]:
                reveal(holder, gone, "own")
    return made


def asks_first(received, publics, threshold, number, reveal):
    """Looks at the threshold only when the secrets are known."""
    for client in received:
        for holder in received:
            reveal(holder, client, "own")
    return _unmask(received, publics, threshold, number, reveal)


def fails_instead(received, publics, threshold, number, reveal):
    if len(received) < threshold:
        raise ValueError("too few")
    return _unmask(received, publics, threshold, number, reveal)


def asks_the_dropped(received, publics, threshold, number, reveal):
    return _unmask(
        received,
        publics,
        threshold,
        number,
        reveal,
        holders_of=lambda r, p: sorted(p, key=lambda c: c in r),
    )


RIGHT = {"by Newton's differences": by_newton, "all shares, unsigned words": from_all_survivors}

WRONG = {
    "adds what arrived": (only_adds, "every mask is still in the sum"),
    "ignores drop-outs": (_with(pair=False), "sums are wrong"),
    "leaves the own masks": (_with(own=False), "sums are wrong"),
    "both secrets of survivors": (_with(both=True), "Both secrets of client"),
    "both secrets of the dropped": (own_of_everybody, "Both secrets of client"),
    "one share too few": (_with(short=1), "sums are wrong"),
    "pair masks with the wrong sign": (_with(sign=-1), "sums are wrong"),
    "no threshold": (_with(refuse=False), "that are needed"),
    "asks before it looks at the threshold": (asks_first, "that are needed"),
    "raises where too few are left": (fails_instead, "ValueError"),
    "asks the dropped": (asks_the_dropped, "has dropped out"),
    "kinds turned round": (_with(kinds=("pair", "own")), "was revealed"),
}

HARMLESS = {
    "slice: …ers = sorted(received)[:threshold] -> …ers = sorted(received)[:]": (
        "more shares than are needed tell the same secret"
    ),
    "comparison: …l - common if survivor < dropped else total + common -> "
    "…l - common if survivor <= dropped else total + common": "nobody is there and gone at once",
    "constant: return total % 2 ** 32 -> return total % 2 ** 33": (
        "sums are compared modulo 2**32"
    ),
}
