"""The world of module 12: clinics that share no data, masks, noise, a camera at the edge."""
