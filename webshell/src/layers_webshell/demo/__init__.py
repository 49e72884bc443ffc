"""The demo: an invented world, and serving it to one machine."""
