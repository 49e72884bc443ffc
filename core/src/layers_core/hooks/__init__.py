"""hooks room of the core."""
