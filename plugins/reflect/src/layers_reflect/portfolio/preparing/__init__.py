"""Exports that take longer than somebody waits for a page: made aside, watched, fetched once they are whole."""
