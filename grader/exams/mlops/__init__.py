"""Exams of module 10: one file a task."""
