"""Exams of lab 13, one file a task; references that tasks share stand beside them."""
