"""E-mail in: a message to one's secret address becomes a private quick note."""
