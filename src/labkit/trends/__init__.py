"""Worlds: one package a trend. A trend package imports nothing else of labkit."""
