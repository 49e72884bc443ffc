"""Themes: what several answers are about, in a practice's own words."""
