"""Measure the models of the lesson's headline plot: accuracy, megabytes, time for a ticket.

    python benchmarks/generative_ai/models.py

Each learns from the same 320 labelled tickets and is asked the same 240, half of them in phrasings
that no example had. The language model's own answers are those on record (`record.py`); their time
is measured anew on twelve tickets. Writes `figures/models.json`, where what `lora.py` measured
stays; takes two CPU-minutes.
"""

from __future__ import annotations

import io
import json
import pickle
import sys
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from labkit.trends.generative_ai import data, prompts
from labkit.trends.generative_ai.model import FILE, Model, find
from labkit.trends.generative_ai.world.tickets import COMPONENTS, URGENCIES

STORED = Path(data.__file__).parent / "figures" / "models.json"
FIELDS = {"component": COMPONENTS, "urgency": URGENCIES}
TRAIN, TEST = data.training(), data.tickets()
NEW = np.array([ticket.held_out for ticket in TEST])
WEIGHTS_MB = find().stat().st_size / 1e6


def labels(tickets, field):
    return np.array([getattr(ticket, field) for ticket in tickets])


def row(name, kind, said, megabytes, seconds):
    """One point of the plot; `said` has predictions by field, `seconds` are of CPU, a ticket."""
    right = {field: said[field] == labels(TEST, field) for field in FIELDS}
    both = right["component"] & right["urgency"]
    return {
        "name": name,
        "kind": kind,
        "megabytes": round(megabytes, 3),
        "milliseconds": round(1000 * seconds, 3),
        "seen": round(float(both[~NEW].mean()), 3),
        "held_out": round(float(both[NEW].mean()), 3),
        "component_seen": round(float(right["component"][~NEW].mean()), 3),
        "component_held_out": round(float(right["component"][NEW].mean()), 3),
    }


def counted_words():
    """Counted words and a linear model a field."""
    texts = [ticket.text for ticket in TRAIN]
    models = {
        field: make_pipeline(TfidfVectorizer(), LogisticRegression(C=10, max_iter=500)).fit(
            texts, labels(TRAIN, field)
        )
        for field in FIELDS
    }
    begun = time.process_time()
    said = {f: model.predict([t.text for t in TEST]) for f, model in models.items()}
    seconds = (time.process_time() - begun) / len(TEST)
    return row("counted words", "linear", said, len(pickle.dumps(models)) / 1e6, seconds)


def on_vectors():
    """SmolLM2 frozen: the mean of its last layer, and a linear model a field."""
    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = str(find())
    settings.verbosity, settings.n_ctx, settings.n_parallel = -1, 512, 1
    settings.embedding, settings.warmup = True, False
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = xllamacpp.Server(settings)

    def vectors(tickets):
        asked = [server.handle_embeddings({"input": [ticket.text]}) for ticket in tickets]
        return np.array([answer["data"][0]["embedding"] for answer in asked])

    known = vectors(TRAIN)
    begun = time.process_time()
    new = vectors(TEST)
    seconds = (time.process_time() - begun) / len(TEST)
    said, size = {}, 0
    for field in FIELDS:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
        model.fit(known, labels(TRAIN, field))
        said[field], size = model.predict(new), size + len(pickle.dumps(model))
    name = "SmolLM2's vectors, linear"
    return row(name, "adapted", said, WEIGHTS_MB + size / 1e6, seconds)


class MiniGPT(nn.Module):
    """A causal transformer on words; it reads a ticket and writes component and urgency."""

    def __init__(self, words, width=64, layers=2, longest=48):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.places = nn.Embedding(longest, width)
        layer = nn.TransformerEncoderLayer(width, 4, 4 * width, 0.1, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, layers)
        self.heads = nn.ModuleDict(
            {field: nn.Linear(width, len(words)) for field, words in FIELDS.items()}
        )

    def forward(self, tokens, last):
        places = torch.arange(tokens.shape[1])
        mask = nn.Transformer.generate_square_subsequent_mask(tokens.shape[1])
        hidden = self.layers(self.words(tokens) + self.places(places), mask=mask, is_causal=True)
        hidden = hidden[torch.arange(len(tokens)), last]
        return {field: head(hidden) for field, head in self.heads.items()}


def mini_gpts():
    """A mini GPT trained from nothing, then the same in 8 and in 4 bits (nearest codes by row)."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    split = TfidfVectorizer().build_analyzer()
    known = {w: i + 2 for i, w in enumerate(sorted({w for t in TRAIN for w in split(t.text)}))}

    def coded(tickets):
        rows = [[known.get(word, 1) for word in split(ticket.text)] + [0] for ticket in tickets]
        tokens = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
        for place, words in enumerate(rows):
            tokens[place, : len(words)] = torch.tensor(words)
        return tokens, torch.tensor([len(words) - 1 for words in rows])

    tokens, last = coded(TRAIN)
    aims = {
        field: torch.tensor([words.index(w) for w in labels(TRAIN, field)])
        for field, words in FIELDS.items()
    }
    model = MiniGPT(len(known) + 2)
    optimiser = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=0.01)
    for _ in range(40):
        for batch in torch.randperm(len(tokens)).split(32):
            said = model(tokens[batch], last[batch])
            loss = sum(
                nn.functional.cross_entropy(said[field], aims[field][batch]) for field in FIELDS
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    model.eval()
    rows, new = [], coded(TEST)
    for bits in (32, 8, 4):
        size = io.BytesIO()
        torch.save(model.state_dict(), size)
        megabytes = len(size.getvalue()) / 1e6 * bits / 32
        kept = {name: values.clone() for name, values in model.state_dict().items()}
        if bits < 32:
            model.load_state_dict({name: rounded(values, bits) for name, values in kept.items()})
        begun = time.process_time()
        with torch.no_grad():
            said = model(*new)
        seconds = (time.process_time() - begun) / len(TEST)
        words = {f: np.array(FIELDS[f])[said[f].argmax(dim=1).numpy()] for f in FIELDS}
        name = "mini GPT" if bits == 32 else f"mini GPT, {bits} bits"
        rows.append(row(name, "trained", words, megabytes, seconds))
        model.load_state_dict(kept)
    return rows


def rounded(values, bits):
    if values.ndim < 2:
        return values
    scale = values.abs().amax(dim=1, keepdim=True) / (2 ** (bits - 1) - 1)
    return torch.round(values / scale) * scale


def prompted():
    """The language model as it comes, with the prompts on record."""
    record, model, rows = data.figures("answers.json"), Model(), []
    for name in ("lists", "lists, schema", "6 shots", "6 shots, schema", "18 shots, schema"):
        prompt = next(one for one in prompts.PROMPTS if one.name == name)
        answers = [prompts.read_record(one) or {} for one in record["answers"][name]]
        said = {field: np.array([one.get(field, "") for one in answers]) for field in FIELDS}
        prompts.ask(model, prompt, TEST[0].text)
        begun = time.process_time()
        for ticket in TEST[1:13]:
            prompts.ask(model, prompt, ticket.text)
        seconds = (time.process_time() - begun) / 12
        rows.append(row(f"SmolLM2, {name}", "prompted", said, WEIGHTS_MB, seconds))
    return rows


def main() -> int:
    """Measure all and write the file."""
    points = [counted_words(), *mini_gpts(), on_vectors(), *prompted()]
    own = {point["name"] for point in points}
    others = [one for one in data.figures("models.json")["points"] if one["name"] not in own]
    stored = {"model": Path(FILE).name, "points": points + others}
    STORED.write_text(json.dumps(stored, indent=1) + "\n")
    for point in points:
        print(point)
    return 0


if __name__ == "__main__":
    sys.exit(main())
