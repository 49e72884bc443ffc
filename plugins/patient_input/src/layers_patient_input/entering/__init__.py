"""Entering for patients: cards from the box, and answers on the telephone."""
