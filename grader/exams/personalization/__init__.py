"""Exams of module 05: each draws its own parameters and keeps its references here."""
