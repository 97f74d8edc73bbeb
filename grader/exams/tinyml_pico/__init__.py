"""Secret instances of lab 11: what each task is asked, and the figures to judge answers by."""
