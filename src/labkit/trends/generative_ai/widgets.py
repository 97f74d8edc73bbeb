"""Two explorations: what a schema does to the next token, and how many steps a sampler needs."""

from __future__ import annotations

from labkit.pictures.explorer import Explorer, choice, decimal, whole
from labkit.pictures.plot import Plot
from labkit.trends.generative_ai import data, digits
from labkit.trends.generative_ai.plots import drawn_digits, next_tokens
from labkit.trends.generative_ai.world.tickets import COMPONENTS


def explore_next() -> Explorer:
    """A choice of tickets and a slider for the temperature: the word after `"component":"`."""
    texts = [one["text"] for one in data.figures("next.json")["tickets"]]
    return Explorer(
        _next,
        {
            "ticket": choice("ticket", texts[0], texts),
            "temperature": decimal("temperature", 1.0, 0.1, 2.0, 0.1),
        },
    )


def _next(ticket: str, temperature: float) -> Plot:
    found = next(one for one in data.figures("next.json")["tickets"] if one["text"] == ticket)
    free = dict(found["likely"])
    return next_tokens(free, [token for token in free if can_begin(token)], temperature)


def can_begin(token: str) -> bool:
    """Whether one of the components begins with a token."""
    return any(component.startswith(token) for component in COMPONENTS)


def explore_steps() -> Explorer:
    """Sliders for the number of steps and for the noise: digits drawn by a flow."""
    return Explorer(
        _steps,
        {
            "evaluations": whole("steps", 4, 1, 32),
            "seed": whole("noise", 1, 1, 20),
        },
    )


def _steps(evaluations: int, seed: int) -> Plot:
    few = digits.draw(digits.noise(seed), evaluations)
    many = digits.draw(digits.noise(seed), 100)
    named = "1 step" if evaluations == 1 else f"{evaluations} steps"
    rows = {named: few, "100 steps": many}
    return drawn_digits(rows, {name: digits.off(images, seed) for name, images in rows.items()})
