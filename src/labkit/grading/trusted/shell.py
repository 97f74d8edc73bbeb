"""IPython as test cells find it: cells run as in a kernel, their outputs are collected.

Text on stderr is dropped, since nbgrader takes it for a failed test, and the rest is kept up to a
limit. Which cells run, and with which names, is decided by `evaluator`.
"""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets.config import Config

from labkit.grading.trusted.namespace import Main, Namespace


class Outputs:
    """Collects what a cell puts out, up to a number of characters."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.cell: list[dict[str, Any]] = []
        self._left = limit

    def begin(self) -> None:
        """Start a cell."""
        self.cell, self._left = [], self.limit

    def add(self, output: dict[str, Any]) -> None:
        """Take an output, or say that it was too large."""
        size = len(json.dumps(output, default=str))
        if size > self._left:
            self.text("[output left out: too large]\n", free=True)
            return
        self._left -= size
        self.cell.append(output)

    def show_result(self, text: str) -> None:
        """Show the value of the last expression as this text alone."""
        for output in self.cell:
            if output["output_type"] == "execute_result":
                output["data"] = {"text/plain": text}

    def drop_result(self) -> None:
        """Take the value of the last expression back."""
        self.cell[:] = [out for out in self.cell if out["output_type"] != "execute_result"]

    def text(self, text: str, free: bool = False) -> None:
        """Take printed text; `free` text does not count."""
        if not free:
            if self._left <= 0:
                return
            if len(text) > self._left:
                text = text[: self._left] + "\n[output cut]\n"
            self._left -= len(text)
        last = self.cell[-1] if self.cell else {}
        if last.get("output_type") == "stream":
            last["text"] += text
        else:
            self.cell.append({"output_type": "stream", "name": "stdout", "text": text})


class Stdout(io.TextIOBase):
    """Printed text goes to the cell's outputs."""

    encoding = "utf-8"

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs

    def writable(self) -> bool:
        """Text can be written."""
        return True

    def write(self, text: str) -> int:
        """Take printed text."""
        if text:
            self._outputs.text(str(text))
        return len(text)


class Stderr(io.TextIOBase):
    """Drops what is written: nbgrader takes text on stderr for a failed test."""

    encoding = "utf-8"

    def writable(self) -> bool:
        """Text can be written."""
        return True

    def write(self, text: str) -> int:
        """Take printed text."""
        return len(text)


class _Publisher(DisplayPublisher):
    outputs: Outputs

    def publish(self, data: dict[str, Any], metadata: Any = None, **_: Any) -> None:  # type: ignore[override]
        self.outputs.add(
            {"output_type": "display_data", "data": _json_data(data), "metadata": metadata or {}}
        )

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.cell.clear()


class Hook(DisplayHook):
    """Takes the value of a cell's last expression."""

    outputs: Outputs
    source = ""

    def quiet(self) -> bool:
        """A semicolon at the end keeps the value to itself."""
        return self.semicolon_at_end_of_expression(self.source)

    def write_output_prompt(self) -> None:
        """There is no prompt."""

    def start_displayhook(self) -> None:
        """There is nothing to start."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        """Keep the value's representations."""
        self.outputs.add(
            {
                "output_type": "execute_result",
                "execution_count": None,
                "data": _json_data(format_dict),
                "metadata": md_dict or {},
            }
        )

    def finish_displayhook(self) -> None:
        """There is nothing to finish."""


def _json_data(data: dict[str, Any]) -> dict[str, Any]:
    """A bundle of representations with bytes as base64, as a notebook holds them."""
    bundle = {}
    for kind, value in data.items():
        if isinstance(value, (bytes, bytearray)):
            value = base64.b64encode(value).decode("ascii")
        elif not isinstance(value, str):
            try:
                value = json.loads(json.dumps(value))
            except (TypeError, ValueError):
                continue
        bundle[str(kind)] = value
    return bundle


class _Compiler(CachingCompiler):
    """Remembers under which name the latest cell was compiled."""

    latest = ""

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        name = super().cache(transformed_code, number, raw_code)
        self.latest = name
        return name


class Shell(InteractiveShell):
    """IPython without history, prompts and traces on the screen."""

    compiler_class = _Compiler

    def enable_gui(self, gui: Any = None) -> None:
        """There are no windows."""

    def _showtraceback(self, *_: Any, **__: Any) -> None:
        pass

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """The evaluator words errors."""

    def safe_execfile(self, fname: Any, *_: Any, **__: Any) -> None:
        """Refuse `%run`: the file may be a learner's."""
        raise RuntimeError(
            f"A test does not run {fname}: in this process it would run learner code. Let a cell "
            "of the learner's run it, and test what it does."
        )

    safe_execfile_ipy = safe_execfile

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """The evaluator words errors."""


def make_shell(folder: Path, outputs: Outputs, namespace: Namespace) -> Shell:
    """Make the process's one IPython, whose own files lie in a folder and its names in another."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.display_page = True
    folder.mkdir(parents=True, exist_ok=True)
    _Publisher.outputs = Hook.outputs = outputs
    shell = Shell.instance(
        config=config,
        ipython_dir=str(folder),
        profile_dir=ProfileDir(location=str(folder / "profile")),
        display_pub_class=_Publisher,
        displayhook_class=Hook,
        user_module=Main(namespace),
        user_ns=namespace,
    )
    return shell
