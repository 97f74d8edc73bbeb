"""Adapt SmolLM2 to tickets with LoRA, and add it to the headline plot's models.

    python benchmarks/generative_ai/lora.py --check   this forward pass against llama.cpp's
    python benchmarks/generative_ai/lora.py           train, ask, write `figures/models.json`

The weights stand still as they are on disk, decoded to 32 bits. Adapters of rank 8 on the queries
and values of all 30 layers learn from the 320 labelled tickets, each seen once, with the words of
the prompt "bare" and a loss on the answer alone. The adapter is then written as a GGUF file, and
llama.cpp decodes greedily with it, free of any schema: an answer that cannot be read is wrong.

It took 108 CPU-seconds and 1.5 GB to train, 40 more to ask. The check finds log-probabilities at
most 0.25 off llama.cpp's, which also rounds what goes into each layer to 8 bits.
"""

from __future__ import annotations

import argparse
import json
import resource
import struct
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tokenizers
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))

from exams.generative_ai.decode import reference as decode
from labkit.trends.generative_ai import data, prompts
from labkit.trends.generative_ai.model import Model, find
from labkit.trends.generative_ai.weights import header, raw_bytes
from labkit.trends.generative_ai.world.tickets import record

STORED = Path(data.__file__).parent / "figures" / "models.json"
PROMPT = next(one for one in prompts.PROMPTS if one.name == "bare")
LAYERS, HEADS, KEYS, SIZE = 30, 9, 3, 64
"""Layers; heads of queries, and of keys and values; numbers in a head."""
BASE, LEAST = 100_000.0, 1e-5
"""Of the rotation of positions; of the norms."""
RANK, ALPHA, RATE, BATCH, EPOCHS = 8, 16.0, 2e-3, 4, 1
ADAPTED = ("attn_q", "attn_v")


def weights():
    """All tensors by name, as 32-bit floats."""
    path, found = find(), {}
    for name, tensor in header(path).tensors.items():
        raw = raw_bytes(path, tensor)
        if tensor.kind == "Q4_1":
            values = decode(raw, *tensor.shape)
        elif tensor.kind == "Q8_0":
            blocks = np.frombuffer(raw, np.uint8).reshape(-1, 34)
            scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
            values = (scale * blocks[:, 2:].view(np.int8)).reshape(tensor.shape)
        else:
            values = np.frombuffer(raw, "<f4").reshape(tensor.shape).copy()
        found[name] = torch.from_numpy(values)
    return found


def splitter():
    """The model's own tokens, put together from what its file says."""
    settings = header(find()).settings
    tokens = settings["tokenizer.ggml.tokens"]
    merges = [tuple(pair.split(" ")) for pair in settings["tokenizer.ggml.merges"]]
    known = {token: place for place, token in enumerate(tokens)}
    made = tokenizers.Tokenizer(tokenizers.models.BPE(known, merges))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Digits(individual_digits=True),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    made.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    return made


def asked(text):
    """What the model is shown, up to where it answers."""
    said = "".join(
        f"<|im_start|>{one['role']}\n{one['content']}<|im_end|>\n"
        for one in prompts.messages(PROMPT, text)
    )
    return said + "<|im_start|>assistant\n"


def norm(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + LEAST) * weight


def turned(x):
    """Rotate neighbours (0, 1), (2, 3), … of each head by their position."""
    angle = torch.arange(x.shape[-2])[:, None] * BASE ** (-torch.arange(0, SIZE, 2) / SIZE)
    even, odd, cos, sin = x[..., 0::2], x[..., 1::2], angle.cos(), angle.sin()
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)


def hidden(model, tokens, adapter):
    """The last layer's output, shape (texts, tokens, 576)."""
    x = model["token_embd.weight"][tokens]
    for layer in range(LAYERS):

        def linear(y, name, layer=layer):
            place = f"blk.{layer}.{name}.weight"
            out = y @ model[place].T
            if place in adapter:
                a, b = adapter[place]
                out = out + ALPHA / RANK * (y @ a.T) @ b.T
            return out

        y = norm(x, model[f"blk.{layer}.attn_norm.weight"])
        q, k, v = (
            linear(y, name).unflatten(-1, (-1, SIZE)).transpose(1, 2)
            for name in ("attn_q", "attn_k", "attn_v")
        )
        k, v = (one.repeat_interleave(HEADS // KEYS, 1) for one in (turned(k), v))
        mixed = functional.scaled_dot_product_attention(turned(q), k, v, is_causal=True)
        x = x + linear(mixed.transpose(1, 2).flatten(2), "attn_output")
        y = norm(x, model[f"blk.{layer}.ffn_norm.weight"])
        y = functional.silu(linear(y, "ffn_gate")) * linear(y, "ffn_up")
        x = x + linear(y, "ffn_down")
    return norm(x, model["output_norm.weight"])


def fresh(model):
    """Adapters that change nothing yet."""
    torch.manual_seed(0)
    adapter = {}
    for layer in range(LAYERS):
        for name in ADAPTED:
            outputs, inputs = model[f"blk.{layer}.{name}.weight"].shape
            a = torch.randn(RANK, inputs) / inputs**0.5
            b = torch.zeros(outputs, RANK)
            adapter[f"blk.{layer}.{name}.weight"] = (a.requires_grad_(), b.requires_grad_())
    return adapter


def train(model):
    """Learn the adapters."""
    split, adapter = splitter(), fresh(model)
    pairs = []
    for ticket in data.training():
        start = split.encode(asked(ticket.text)).ids
        answer = record(ticket.component, ticket.urgency) + "<|im_end|>"
        pairs.append((start, split.encode(answer).ids))
    values = [one for pair in adapter.values() for one in pair]
    steps = EPOCHS * -(-len(pairs) // BATCH)
    optimiser = torch.optim.AdamW(values, RATE, weight_decay=0.0)
    slower = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(pairs)).split(BATCH):
            chosen = [pairs[place] for place in batch]
            tokens = torch.zeros(len(chosen), max(len(a + b) for a, b in chosen), dtype=torch.long)
            learned = torch.zeros_like(tokens, dtype=torch.bool)
            for row, (start, answer) in enumerate(chosen):
                tokens[row, : len(start + answer)] = torch.tensor(start + answer)
                learned[row, len(start) : len(start + answer)] = True
            out = hidden(model, tokens[:, :-1], adapter)[learned[:, 1:]]
            loss = functional.cross_entropy(out @ model["token_embd.weight"].T, tokens[learned])
            loss.backward()
            optimiser.step()
            slower.step()
            optimiser.zero_grad()
            print(f"loss {loss.item():.3f}, {time.process_time():.0f} CPU-seconds", flush=True)
    return adapter


def write(path, adapter):
    """Write adapters as a GGUF file of version 3, in 16 bits."""

    def text(words):
        return struct.pack("<Q", len(words)) + words.encode()

    tensors = {
        f"{name}.lora_{which}": values.detach().numpy().astype("<f2")
        for name, pair in adapter.items()
        for which, values in zip("ab", pair, strict=True)
    }
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 4)
    for key, value in (
        ("general.architecture", "llama"),
        ("general.type", "adapter"),
        ("adapter.type", "lora"),
    ):
        head += text(key) + struct.pack("<I", 8) + text(value)
    head += text("adapter.lora.alpha") + struct.pack("<If", 6, ALPHA)
    body = b""
    for name, values in tensors.items():
        head += text(name) + struct.pack("<IQQIQ", 2, *values.shape[::-1], 1, len(body))
        body += values.tobytes()
        body += bytes(-len(body) % 32)
    path.write_bytes(head + bytes(-len(head) % 32) + body)


def check():
    """Compare the likeliest first tokens of three tickets with llama.cpp's."""
    model, split, live = weights(), splitter(), Model()
    for ticket in data.tickets()[:3]:
        tokens = torch.tensor([split.encode(asked(ticket.text)).ids])
        with torch.no_grad():
            out = hidden(model, tokens, {})[0, -1] @ model["token_embd.weight"].T
        ours = torch.log_softmax(out, -1)
        said = live.chat(prompts.messages(PROMPT, ticket.text), tokens=1, likely=5)
        off = [abs(chance - ours[split.token_to_id(t)].item()) for t, chance in said["likely"][0]]
        print(f"{tokens.shape[1]} tokens, llama.cpp {said['prompt']}; log-probabilities off by "
              f"{max(off):.3f}")  # fmt: skip


def main() -> int:
    """Check, or train and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    torch.set_num_threads(1)
    if parser.parse_args().check:
        check()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lora.gguf"
        write(path, train(weights()))
        learned = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        live = Model(adapter=path)
        prompts.ask(live, PROMPT, data.training()[0].text)
        begun = time.process_time()
        answers = [prompts.ask(live, PROMPT, ticket.text) for ticket in data.tickets()]
        seconds = (time.process_time() - begun) / len(answers)
        size = path.stat().st_size
    from models import FIELDS, WEIGHTS_MB, row  # its libraries are no part of the peak

    read = [prompts.read_record(answer) or {} for answer in answers]
    said = {field: np.array([one.get(field, "") for one in read]) for field in FIELDS}
    point = row("SmolLM2, LoRA", "adapted", said, WEIGHTS_MB + size / 1e6, seconds)
    point |= {"training_seconds": round(learned), "training_megabytes": round(peak)}
    stored = json.loads(STORED.read_text())
    stored["points"] = [one for one in stored["points"] if one["name"] != point["name"]] + [point]
    STORED.write_text(json.dumps(stored, indent=1) + "\n")
    print(point)
    return 0


if __name__ == "__main__":
    sys.exit(main())
