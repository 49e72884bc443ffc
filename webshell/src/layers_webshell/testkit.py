"""The web fixtures of the test kit."""
