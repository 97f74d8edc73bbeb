"""The exams of module 12 and their references: never shipped to learners."""
