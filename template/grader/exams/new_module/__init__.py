"""The exams of module 00."""
