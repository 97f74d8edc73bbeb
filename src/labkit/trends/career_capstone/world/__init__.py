"""Simulated customers, days and a year whose best decisions are known."""
