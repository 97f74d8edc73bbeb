"""Automation and intelligent agents: an office whose effects are recorded, and what goes wrong."""
