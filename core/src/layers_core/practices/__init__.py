"""practices room of the core."""
