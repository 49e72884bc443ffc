"""testkit room of the core."""
