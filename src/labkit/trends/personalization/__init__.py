"""The world of module 05: sessions, logs, a live service, loyalty, and what people leave."""
