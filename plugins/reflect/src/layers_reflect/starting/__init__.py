"""A new note that begins with its structure: for whoever comes to record one thing that their portfolio lacks."""
