"""References of the graded tasks, one package a module. Never shipped to learners."""
