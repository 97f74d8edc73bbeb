"""Secret instances of lab 08: one module a task with `draw(rng)`, and the references they share."""
