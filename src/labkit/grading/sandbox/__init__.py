"""The box in which learner code runs: namespaces, limits, and a warm process to fork it from."""
