"""Sample: short entries under a topic."""
