"""Quiz questions: a question, its options, and why each is right or wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One option of a question, and what to say to whoever chose it."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question with exactly one right option; options are called a, b, c and so on."""

    name: str
    text: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        """Refuse a question with no right option, or with several."""
        if sum(option.right for option in self.options) != 1:
            raise ValueError(f"question '{self.name}' needs exactly one right option")

    @property
    def letters(self) -> str:
        """The options' letters, in order."""
        return "abcdefgh"[: len(self.options)]

    def option(self, letter: str) -> Option:
        """Look up an option.

        Raises:
            ValueError: there is no such option.
        """
        chosen = str(letter).strip().lower().rstrip(")")
        if len(chosen) != 1 or chosen not in self.letters:
            raise ValueError(
                f"Question '{self.name}' has the options {', '.join(self.letters)}; "
                f"'{letter}' is none of them."
            )
        return self.options[self.letters.index(chosen)]
