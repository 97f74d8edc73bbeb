"""Exams of lab 09, one file a task; references that tasks share stand beside them."""
