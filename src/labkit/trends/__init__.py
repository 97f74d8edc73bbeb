"""Worlds: one package a trend. A trend imports `labkit.pictures` and `labkit.audit`, no more."""
