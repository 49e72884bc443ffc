"""privacy room of the core."""
