"""Migrations of patient input."""
