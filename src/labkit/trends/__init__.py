"""Worlds: one package a trend. Of labkit it imports `pictures` and `privacy_audit` alone."""
