"""What may be handed in, for the learner's side and the instructor's alike."""
