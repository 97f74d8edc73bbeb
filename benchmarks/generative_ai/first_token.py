"""How much processor time the language model takes to its first token, and how much memory.

    python benchmarks/generative_ai/first_token.py

Loading comes before and is told apart. Wanted: at most 1 s of CPU to the first token of an answer
to a ticket, and 600 MB in all.
"""

from __future__ import annotations

import os
import resource

from labkit.trends.generative_ai import data
from labkit.trends.generative_ai.model import Model


def cpu_seconds() -> float:
    """Processor time of this process and of those it ended."""
    return sum(os.times()[:4])


def main() -> None:
    """Print seconds of CPU and megabytes."""
    begun = cpu_seconds()
    loaded = Model()
    ready = cpu_seconds()
    loaded.chat([{"role": "user", "content": data.tickets()[0].text}], tokens=1)
    print(f"loading {ready - begun:.2f} s of CPU, first token {cpu_seconds() - ready:.2f} s of CPU")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")


if __name__ == "__main__":
    main()
