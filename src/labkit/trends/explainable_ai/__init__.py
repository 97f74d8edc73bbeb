"""Explainable AI: black boxes whose true reasons are known, and what explanations make of them."""
