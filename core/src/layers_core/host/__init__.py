"""host room of the core."""
