"""Right and wrong answers of task `mask`, which prove its judge."""

from __future__ import annotations

import numpy as np
import torch

from labkit.trends.edge_federated.world.secure import stream


def in_words(update, me, keys, round_number):
    """Unsigned 32-bit numbers that wrap around; the higher number adds."""
    masked = np.asarray(update).astype(np.int64).astype(np.uint32)
    for peer in sorted(keys):
        common = stream(keys[peer], round_number, len(masked))
        masked = masked + common if me > peer else masked - common
    return masked


def in_python(update, me, keys, round_number):
    made = [int(u) for u in update]
    for peer, key in keys.items():
        sign = 1 if me < peer else -1
        made = [
            m + sign * int(s)
            for m, s in zip(made, stream(key, round_number, len(made)), strict=True)
        ]
    return [m % 2**32 for m in made]


def own_stream(update, me, keys, round_number):
    """The round goes into the key instead; in torch."""
    total = torch.as_tensor(np.asarray(update), dtype=torch.int64)
    for peer, key in keys.items():
        common = torch.from_numpy(
            stream(key * 1_000 + round_number, 0, len(total)).astype(np.int64)
        )
        total = total + (common if peer > me else -common)
    return torch.remainder(total, 2**32)


def _masked(
    update,
    me,
    keys,
    round_number,
    sign=lambda me, peer: 1 if me < peer else -1,
    peers=None,
    cut=None,
):
    total = np.asarray(update).astype(np.int64)
    for peer in keys if peers is None else peers(me, keys):
        common = stream(keys[peer], round_number, len(total)).astype(np.int64)
        total = total + sign(me, peer) * (common if cut is None else cut(common))
    return total % 2**32


def no_sign(*arguments):
    return _masked(*arguments, sign=lambda me, peer: 1)


def same_every_round(update, me, keys, round_number):
    return _masked(update, me, keys, 0)


def one_peer(*arguments):
    """A mask with the next higher and the next lower client alone, in a ring."""

    def ring(me, keys):
        everybody = sorted([me, *keys])
        place = everybody.index(me)
        return {everybody[place - 1], everybody[(place + 1) % len(everybody)]} - {me}

    return _masked(*arguments, peers=ring)


def small_masks(*arguments):
    return _masked(*arguments, cut=lambda common: common % 2**20)


def in_floating_point(update, me, keys, round_number):
    total = np.asarray(update, dtype=float)
    for peer, key in keys.items():
        noise = np.random.default_rng([key % 2**63, round_number]).normal(0, 1e6, len(total))
        total = total + noise if me < peer else total - noise
    return total


def not_reduced(update, me, keys, round_number):
    total = np.asarray(update).astype(np.int64)
    for peer, key in keys.items():
        common = stream(key, round_number, len(total)).astype(np.int64)
        total = total + common if me < peer else total - common
    return total


def not_hidden(update, me, keys, round_number):
    return np.asarray(update) % 2**32


def own_noise(update, me, keys, round_number):
    noise = np.random.default_rng().integers(0, 2**32, len(update))
    return (np.asarray(update) + noise) % 2**32


def chance_alone(update, me, keys, round_number):
    return _masked(np.zeros(len(update)), me, keys, round_number)


def one_number_for_all(update, me, keys, round_number):
    total = np.asarray(update).astype(np.int64)
    for peer, key in keys.items():
        common = int(stream(key, round_number, 1)[0])
        total = total + common if me < peer else total - common
    return total % 2**32


def sign_by_key(update, me, keys, round_number):
    return _masked(
        update, me, keys, round_number, sign=lambda me, peer: 1 if keys[peer] % 2 else -1
    )


def _of_stream(made):
    """The mask of a pair, `made` from key, round and length."""

    def answer(update, me, keys, round_number):
        total = np.asarray(update).astype(np.int64)
        for peer, key in keys.items():
            common = made(key, round_number, len(total)).astype(np.int64)
            total = total + common if me < peer else total - common
        return total % 2**32

    return answer


def combined_bitwise(update, me, keys, round_number):
    total = np.asarray(update).astype(np.int64) % 2**32
    for key in keys.values():
        total = total ^ stream(key, round_number, len(total)).astype(np.int64)
    return total


RIGHT = {
    "unsigned words, the higher adds": in_words,
    "whole numbers of Python": in_python,
    "the round in the key, in torch": own_stream,
}

WRONG = {
    "both add": (no_sign, "Both clients of a pair add"),
    "the same mask each round": (same_every_round, "held side by side"),
    "the lower half lies open": (
        _of_stream(lambda key, r, n: stream(key, r, n) & 0xFFFF0000),
        "told from chance",
    ),
    "even masks": (_of_stream(lambda key, r, n: stream(key, r, n) & ~np.uint32(1)), "told from"),
    "half a stream, twice": (
        _of_stream(lambda key, r, n: np.resize(stream(key, r, n // 2), n)),
        "told from chance",
    ),
    "the round multiplies": (
        _of_stream(lambda key, r, n: r * stream(key, 0, n).astype(np.int64)),
        "",
    ),
    "the round is added": (
        _of_stream(lambda key, r, n: stream(key, 0, n).astype(np.int64) + r),
        "held side by side",
    ),
    "the round turns the stream": (
        _of_stream(lambda key, r, n: np.roll(stream(key, 0, n), r)),
        "held side by side",
    ),
    "a mask for two rounds": (_of_stream(lambda key, r, n: stream(key, r // 2, n)), "held side"),
    "the round's last digit": (_of_stream(lambda key, r, n: stream(key, r % 10, n)), "held side"),
    "the key's last byte": (_of_stream(lambda key, r, n: stream(key % 256, r, n)), "Another key"),
    "the key's last four bytes": (
        _of_stream(lambda key, r, n: stream(key % 2**32, r, n)),
        "Another key",
    ),
    "one public stream times the key": (
        _of_stream(lambda key, r, n: stream(7, r, n).astype(np.int64) * (key % 2**31)),
        "",
    ),
    "combined bit by bit": (combined_bitwise, "do not cancel"),
    "neighbours in a ring alone": (one_peer, "does not use its key"),
    "masks of twenty bits": (small_masks, "told from chance"),
    "floating-point masks": (in_floating_point, "whole numbers"),
    "not reduced": (not_reduced, "should stay from 0 to"),
    "not hidden": (not_hidden, "told from chance"),
    "noise of its own": (own_noise, "do not cancel"),
    "masks without the update": (chance_alone, "do not cancel"),
    "one number for all places": (one_number_for_all, "told from chance"),
    "sign by the key": (sign_by_key, "do not cancel"),
}

HARMLESS = {
    "comparison: … masked + common if me < peer else masked - common -> "
    "… masked + common if me <= peer else masked - common": "nobody shares a key with itself",
    "comparison: …= masked + common if me < peer else masked - comm… -> "
    "…= masked + common if me > peer else masked - comm…": "either one of the two may add",
    "argument order: common = secure.stream(key, round_number, len(masked)).astype(np… -> "
    "common = secure.stream(round_number, key, len(masked)).astype(np…": (
        "the stream is as secret, and both clients have it"
    ),
}
