"""Module 01: small language models that are held to a form, compared, adapted and made smaller."""
