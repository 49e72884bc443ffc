"""Revisions of Reflect's tables."""
