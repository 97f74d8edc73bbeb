"""Exams of lab 01, one file a task; references that tasks share stand beside them."""
