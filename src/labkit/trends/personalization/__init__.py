"""The world of module 05: sessions, logs, a live service, loyal viewers, and what they leave behind."""
