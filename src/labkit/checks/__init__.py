"""Judges: one package a lab. Each takes an answer and an instance and returns an outcome."""
