"""Who is learning: identity, the own variant of every task, and what was reached so far."""
