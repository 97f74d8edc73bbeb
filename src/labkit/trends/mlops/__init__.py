"""MLOps: a credit scorer in production: tables, events, drifting streams, duels and canaries."""
