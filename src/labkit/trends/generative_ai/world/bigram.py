"""A model that writes tokens by the last one alone, and what becomes of it under a pattern.

Small enough that both are exact: what is written when tokens that cannot follow are masked, step by
step, and the distribution of the model's texts given that they are valid.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

START, END = "^", "$"
Chances = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Bigram:
    """A bigram model.

    Attributes:
        after: chances of the next token after each token; it begins after "^" and ends with "$".
    """

    after: Chances

    def texts(self, longest: int = 6) -> dict[str, float]:
        """The chance of every text of at most so many tokens."""
        found: dict[str, float] = {}
        self._follow(START, "", 1.0, longest, found)
        return found

    def _follow(
        self, last: str, text: str, chance: float, left: int, found: dict[str, float]
    ) -> None:
        for token, share in self.after[last].items():
            if token == END:
                found[text] = found.get(text, 0.0) + chance * share
            elif left:
                self._follow(token, text + token, chance * share, left - 1, found)


def conditional(model: Bigram, valid: Collection[str]) -> dict[str, float]:
    """The model's own distribution, given that the text is valid."""
    chances = {text: model.texts().get(text, 0.0) for text in valid}
    total = sum(chances.values())
    return {text: chance / total for text, chance in chances.items()}


def masked(model: Bigram, valid: Collection[str]) -> dict[str, float]:
    """What is written when each token is drawn among those that can still lead to a valid text."""
    found = dict.fromkeys(valid, 0.0)

    def may_follow(text: str, token: str) -> bool:
        if token == END:
            return text in valid
        return any(word.startswith(text + token) for word in valid)

    def follow(last: str, text: str, chance: float) -> None:
        allowed = {t: share for t, share in model.after[last].items() if may_follow(text, t)}
        total = sum(allowed.values())
        for token, share in allowed.items():
            if token == END:
                found[text] += chance * share / total
            else:
                follow(token, text + token, chance * share / total)

    follow(START, "", 1.0)
    return found


def greeter() -> Bigram:
    """A model that likes to write "hello" where "high" or "low" is asked for."""
    return Bigram(
        {
            START: {"h": 0.8, "l": 0.2},
            "h": {"ello": 0.9, "igh": 0.1},
            "l": {"ow": 0.9, "ater": 0.1},
            "ello": {END: 1.0},
            "igh": {END: 1.0},
            "ow": {END: 1.0},
            "ater": {END: 1.0},
        }
    )
