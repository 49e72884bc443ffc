"""db room of the core."""
