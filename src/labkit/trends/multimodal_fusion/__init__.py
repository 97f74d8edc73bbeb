"""Pictures and reviews of products, fused: a world whose best possible R² is known exactly."""
