"""One case: a trader of parts sells a maintenance plan, and four decisions hang together."""
