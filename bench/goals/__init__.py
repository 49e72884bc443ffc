"""One module for each goal, or for those that share what they need; each gives figures."""
