"""Exams of lab 14, one file a task; references that tasks share stand beside them."""
