"""Secret instances of lab 07: a file a task draws what is asked, with the figures to judge by.

How answers are judged is left to `labkit.checks.neuro_symbolic_diagnosis`. What several tasks need
stands in modules of its own: `logic`, `guidelines`, `measurements`, `perception`.
"""
