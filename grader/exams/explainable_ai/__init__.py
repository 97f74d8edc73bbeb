"""Exams of lab 03, one file a task; references that tasks share stand beside them."""
