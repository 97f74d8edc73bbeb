"""The simulated shops: products, their pictures and reviews, and the truth about their stars."""
