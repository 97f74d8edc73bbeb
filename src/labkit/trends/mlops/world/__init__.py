"""What happens around a model: each file one part, drawn from a generator, with its truth."""
