"""cli room of the core."""
