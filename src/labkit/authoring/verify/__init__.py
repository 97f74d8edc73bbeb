"""The proof of a lab's checks: right answers pass, wrong ones fail, guesses earn next to nothing.

`run` lists and runs groups of trials; `trials` says what is tried. `lab` has what a proof is about.
"""

from __future__ import annotations

from labkit.authoring.verify.lab import VerifyError, spec
from labkit.authoring.verify.run import HEADER, KINDS, groups, run, run_group, summary

__all__ = ["HEADER", "KINDS", "VerifyError", "groups", "run", "run_group", "spec", "summary"]
