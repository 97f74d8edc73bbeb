"""Record what the language model answers: twelve prompts on 240 tickets.

    python benchmarks/generative_ai/record.py            all of them; goes on where it was stopped
    python benchmarks/generative_ai/record.py --again 5  five of them anew, compared with the record
    python benchmarks/generative_ai/record.py --next     the words it would write at one place

The record is `figures/answers.json` of the module, and says with which model, sampler and seed it
was made, and when. It took about 900 CPU-seconds on one thread.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import sys
from pathlib import Path

import numpy as np

from labkit.trends.generative_ai import data, prompts
from labkit.trends.generative_ai.model import FILE, PACKAGE, Model

RECORD = Path(data.__file__).parent / "figures" / "answers.json"
ROUND = 60
"""Tickets in a round over all prompts: what is there when it is stopped is even."""


def processor() -> str:
    """The processor's type: another one may round differently, and then choose another token."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "unknown")


def begun() -> dict:
    """The record so far."""
    if RECORD.exists():
        return json.loads(RECORD.read_text())
    return {
        "model": Path(FILE).name,
        "package": PACKAGE,
        "sampler": "greedy (temperature 0), one thread",
        "seed": 0,
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "machine": platform.machine(),
        "answers": {prompt.name: [] for prompt in prompts.PROMPTS},
    }


def write(record: dict) -> None:
    """Write the record, a line a prompt."""
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=0) + "\n")


def complete() -> None:
    """Ask for what is not on record."""
    record, model, tickets = begun(), Model(), data.tickets()
    for end in range(ROUND, len(tickets) + 1, ROUND):
        for prompt in prompts.PROMPTS:
            said = record["answers"][prompt.name]
            for ticket in tickets[len(said) : end]:
                said.append(prompts.ask(model, prompt, ticket.text))
            write(record)
        print(f"{end} of {len(tickets)} tickets", flush=True)


def again(count: int, seed: int = 0) -> int:
    """Ask anew for some answers; return how many differ from the record."""
    record, model, tickets = begun(), Model(), data.tickets()
    if record["processor"] != processor():
        print(f"recorded on {record['processor']}, this is {processor()}: texts may differ")
    rng, differ = np.random.default_rng(seed), 0
    for _ in range(count):
        prompt = prompts.PROMPTS[int(rng.integers(len(prompts.PROMPTS)))]
        place = int(rng.integers(len(record["answers"][prompt.name])))
        # The ticket before it leaves the prompt's beginning computed, as it was then.
        prompts.ask(model, prompt, tickets[max(place - 1, 0)].text)
        said = prompts.ask(model, prompt, tickets[place].text)
        same = said == record["answers"][prompt.name][place]
        differ += not same
        print(f"{'same ' if same else 'OTHER'} {prompt.name}, ticket {place}: {said}")
    return differ


def next_words(tickets: int = 8, likely: int = 40) -> None:
    """Record the log-probabilities of the likeliest tokens after `{"component":"`."""
    model, found = Model(), []
    prompt = next(one for one in prompts.PROMPTS if one.name == "6 shots")
    for ticket in data.tickets()[::9]:
        chat = prompts.messages(prompt, ticket.text)
        said = model.chat(chat, tokens=4, likely=likely)
        if said["text"].startswith('{"component":"') and len(found) < tickets:
            places = ["".join(place[0][0] for place in said["likely"][:end]) for end in range(5)]
            place = places.index('{"component":"')
            found.append({"text": ticket.text, "likely": said["likely"][place]})
    words = {"model": Path(FILE).name, "prompt": prompt.name, "tickets": found}
    RECORD.with_name("next.json").write_text(json.dumps(words, indent=0) + "\n")


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", type=int, default=0)
    parser.add_argument("--next", action="store_true")
    asked = parser.parse_args()
    if asked.next:
        next_words()
        return 0
    if asked.again:
        return 1 if again(asked.again) else 0
    complete()
    return 0


if __name__ == "__main__":
    sys.exit(main())
