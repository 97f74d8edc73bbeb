"""Signed records that anybody can check offline; knows nothing of a course."""
