"""Exams of lab 04, one file a task; references that tasks share stand beside them."""
