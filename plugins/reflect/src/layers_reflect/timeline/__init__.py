"""One's own entries in time: by the day that they happened, narrowed by what they count as."""
