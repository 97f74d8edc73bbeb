"""Right and wrong answers of task `intent`, which prove its judge."""

from __future__ import annotations

import numpy as np


def in_logarithms(prior, move, watch, shown, watched):
    """The joint probabilities as logarithms, normalised at the end."""
    liked = np.where(np.asarray(watched)[:, None] == 1, watch[:, shown].T, 1 - watch[:, shown].T)
    logs = [np.log(prior) + np.log(liked[0])]
    for row in liked[1:]:
        joint = logs[-1][:, None] + np.log(move)
        top = joint.max(axis=0)
        logs.append(top + np.log(np.exp(joint - top).sum(axis=0)) + np.log(row))
    weights = np.exp(np.array(logs) - np.max(logs, axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def by_loops(prior, move, watch, shown, watched):
    """Sums written out, in lists."""
    moods = range(len(prior))
    rows = []
    for t, (genre, seen) in enumerate(zip(shown, watched, strict=True)):
        before = list(prior)
        if t:
            before = [sum(rows[-1][i] * move[i][j] for i in moods) for j in moods]
        weights = [before[j] * (watch[j][genre] if seen else 1 - watch[j][genre]) for j in moods]
        rows.append([w / sum(weights) for w in weights])
    return rows


def _forward(prior, move, weights):
    rows, ahead = [], prior
    for weight in weights:
        rows.append(ahead * weight / (ahead @ weight))
        ahead = rows[-1] @ move
    return np.array(rows)


def _weights(watch, shown, watched):
    liked = watch[:, shown].T
    return np.where(np.asarray(watched)[:, None] == 1, liked, 1 - liked)


def smoothing(prior, move, watch, shown, watched):
    weights = _weights(watch, shown, watched)
    rows, after = _forward(prior, move, weights), np.ones(len(prior))
    for t in range(len(rows) - 1, -1, -1):
        both = rows[t] * after
        rows[t] = both / both.sum()
        after = move @ (weights[t] * after)
    return rows


def no_change(prior, move, watch, shown, watched):
    return _forward(prior, np.eye(len(prior)), _weights(watch, shown, watched))


def not_watched_left_out(prior, move, watch, shown, watched):
    weights = np.where(np.asarray(watched)[:, None] == 1, watch[:, shown].T, 1.0)
    return _forward(prior, move, weights)


def moved_first(prior, move, watch, shown, watched):
    return _forward(prior @ move, move, _weights(watch, shown, watched))


def next_item(prior, move, watch, shown, watched):
    return _forward(prior, move, _weights(watch, shown, watched)) @ move


def transposed(prior, move, watch, shown, watched):
    return _forward(prior, move.T, _weights(watch, shown, watched))


def each_item_alone(prior, move, watch, shown, watched):
    weights = prior * _weights(watch, shown, watched)
    return weights / weights.sum(axis=1, keepdims=True)


def most_probable(prior, move, watch, shown, watched):
    """The mood that fits best, as if it were certain."""
    rows = _forward(prior, move, _weights(watch, shown, watched))
    return np.eye(len(prior))[rows.argmax(axis=1)]


def shares_of_clicks(prior, move, watch, shown, watched):
    weights = np.cumsum(_weights(watch, shown, watched), axis=0)
    return weights / weights.sum(axis=1, keepdims=True)


RIGHT = {"logarithms": in_logarithms, "loops": by_loops}

WRONG = {
    "smoothing": (smoothing, "has not seen the rest"),
    "no change of mood": (no_change, "here it never does"),
    "not watched left out": (not_watched_left_out, "not watched tells something"),
    "moved before the first": (moved_first, "Nothing has moved"),
    "next item": (next_item, "one more move"),
    "transposed": (transposed, "from j to i"),
    "each item alone": (each_item_alone, "you say"),
    "most probable mood": (most_probable, "you say"),
    "shares of clicks": (shares_of_clicks, "you say"),
}
