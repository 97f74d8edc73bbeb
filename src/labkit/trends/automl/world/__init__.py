"""Simulated searches whose best result is known."""
