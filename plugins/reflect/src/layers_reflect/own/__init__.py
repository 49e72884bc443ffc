"""Questions that practices and people make themselves."""
