"""What an instructor runs: nbgrader with the course's own additions."""
