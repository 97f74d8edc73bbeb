"""Worlds with a truth: tickets, patterns, logs of prompts, layers, teachers, flows, exposure."""
