"""The worlds of module 05, each with a truth that an answer can be held against."""
