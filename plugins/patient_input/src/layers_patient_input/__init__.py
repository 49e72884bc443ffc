"""Patient input: ask patients, and learn from what they answer."""
