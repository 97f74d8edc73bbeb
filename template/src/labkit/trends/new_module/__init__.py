"""The world of module 00."""
