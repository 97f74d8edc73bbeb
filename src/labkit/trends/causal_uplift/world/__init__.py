"""The simulators: each returns what an analyst would see and, apart from it, the truth."""
