"""Worlds: one package a trend. Of labkit a trend imports `labkit.pictures` and nothing else."""
