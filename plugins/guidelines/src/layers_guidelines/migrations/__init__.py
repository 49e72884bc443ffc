"""Revisions of the guidelines' tables."""
