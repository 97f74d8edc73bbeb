"""The world of module 02: decisions about people, audits, cut-offs, tables and releases."""
