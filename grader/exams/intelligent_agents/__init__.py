"""Exams of module 06: one file a task."""
