"""`Explorer`, a picture that follows its controls, and the controls: sliders and a play button.

A picture and its controls are two outputs of one cell. The picture is a plain PNG that the
controls replace in place (a display with an id), so the saved notebook keeps it: without a kernel
the sliders are gone, the picture stays. What is drawn is left to each trend.
"""

from __future__ import annotations

import base64
import math
import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import ipywidgets
from IPython.display import DisplayHandle, display

if TYPE_CHECKING:
    from labkit.pictures.plot import Plot


STATES = "LABKIT_STATES"
"""Set in the environment by who makes pages to read: explorations then show other states too."""
STATES_TYPE = "application/vnd.labkit.states+json"
MOVED = 2
"""So many controls, the first ones, are shown at both ends of their range."""


class Explorer:
    """A picture that follows its controls; as the last value of a cell it shows both.

    `controls` maps the names of arguments to widgets with a value, in the order shown; `draw`
    takes those arguments and returns the picture. `extra` are widgets that stand before them and
    give `draw` nothing, such as what `play` makes.
    """

    def __init__(
        self,
        draw: Callable[..., Plot],
        controls: Mapping[str, Any],
        extra: tuple[ipywidgets.Widget, ...] = (),
    ) -> None:
        self.draw = draw
        self.controls = dict(controls)
        # On a narrow page one row would squeeze the sliders until nothing is left to pull.
        wrapped = ipywidgets.Layout(flex_flow="row wrap")
        self.box = ipywidgets.HBox([*extra, *self.controls.values()], layout=wrapped)
        self._shown: DisplayHandle | None = None
        for control in self.controls.values():
            control.observe(self._redraw, names="value")

    @property
    def picture(self) -> Plot:
        """The picture for the controls as they stand."""
        return self.draw(**{name: control.value for name, control in self.controls.items()})

    def states(self) -> list[dict[str, str]]:
        """Pictures with a control at an end of its range, the others as they stand.

        Each is a dict with ``words`` that name the state, ``png`` in base64 and ``alt``.
        """
        now = {name: control.value for name, control in self.controls.items()}
        found = []
        for name, control in list(self.controls.items())[:MOVED]:
            for end in _ends(control):
                if end != now[name]:
                    plot = self.draw(**now | {name: end})
                    png = base64.b64encode(plot.png()).decode()
                    words = f"{control.description}: {end}"
                    found.append({"words": words, "png": png, "alt": plot.alt})
        return found

    def _redraw(self, change: Any) -> None:
        if self._shown is not None:
            self._shown.update(self.picture)

    def _ipython_display_(self) -> None:
        self._shown = display(self.picture, display_id=True)
        # Where widgets cannot run, this text stands in for the controls.
        bundle = self.box._repr_mimebundle_()
        bundle["text/plain"] = "Sliders: run this cell in a live notebook to move them."
        if os.environ.get(STATES):
            bundle[STATES_TYPE] = self.states()
        display(bundle, raw=True)


def _ends(control: Any) -> tuple[Any, Any]:
    if hasattr(control, "options"):
        return control.options[0], control.options[-1]
    return control.min, control.max


# A slider answers when the hand lets go: drawing all the way would lag behind it. Where a picture
# takes a few hundredths of a second, `continuous_update=True` lets it follow the hand. Its label is
# shown whole, unit included, and its track stays wide enough to pull.


def _look() -> dict[str, Any]:
    return {
        "continuous_update": False,
        "style": {"description_width": "initial"},
        "layout": ipywidgets.Layout(width="22rem", max_width="98%"),
    }


def whole(name: str, value: int, low: int, high: int, **settings: Any) -> ipywidgets.IntSlider:
    """Return a slider for a whole number from `low` to `high`, both included.

    `settings` are those of ``ipywidgets.IntSlider``; the same holds for the other sliders.
    """
    return ipywidgets.IntSlider(
        value=value, min=low, max=high, description=name, **{**_look(), **settings}
    )


def decimal(
    name: str, value: float, low: float, high: float, step: float, **settings: Any
) -> ipywidgets.FloatSlider:
    """Return a slider for a number from `low` to `high`, shown with the decimals it needs."""
    digits = max(len(f"{one:f}".rstrip("0").partition(".")[2]) for one in (value, low, step))
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=name,
        **{"readout_format": f".{digits}f", **_look(), **settings},
    )


def choice(
    name: str, value: Any, options: Iterable[Any], **settings: Any
) -> ipywidgets.SelectionSlider | ipywidgets.Dropdown:
    """Return a slider over numbers with gaps in their order, or a list to choose names from.

    A slider has no room for a name beside it.
    """
    given, settings = list(options), {**_look(), **settings}
    kind = ipywidgets.SelectionSlider
    if all(isinstance(option, str) for option in given):
        kind = ipywidgets.Dropdown
        del settings["continuous_update"]
    return kind(value=value, options=given, description=name, **settings)


def play(name: str, slider: Any, step: float, interval: int) -> ipywidgets.HBox:
    """Return a named button that moves `slider` on by `step` every `interval` ms, to its end.

    `slider` begins at 0; with less than a whole step left it goes to its end. The name stands
    before the button, which shows none itself.
    """
    # Rounded, for 6.4 / 0.1 is a little more than 64.
    steps = math.ceil(round(slider.max / step, 6))
    button = ipywidgets.Play(min=0, max=steps, interval=interval, description=name)

    def move(change: Any) -> None:
        slider.value = min(step * change["new"], slider.max)

    button.observe(move, names="value")
    return ipywidgets.HBox([ipywidgets.Label(name), button])
