"""usage room of the core."""
