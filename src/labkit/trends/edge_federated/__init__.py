"""The world of module 12: clinics that may not share data, masks, noise, and a camera at the edge."""
