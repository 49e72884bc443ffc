"""artefacts room of the core."""
