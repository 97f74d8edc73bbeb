"""The exams of module 02 and their references: never shipped to learners."""
