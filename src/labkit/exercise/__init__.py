"""What a learner meets: a check, its outcome as a card, hints and quiz questions.

This room knows nothing of any single lab: the judges of a lab live in `labkit.checks`.
"""
