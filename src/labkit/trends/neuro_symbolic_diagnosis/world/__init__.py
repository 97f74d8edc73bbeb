"""Rendered lesions: what is true of each, pictures of it, and its score under the ABCD rule."""
