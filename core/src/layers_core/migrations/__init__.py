"""migrations room of the core."""
