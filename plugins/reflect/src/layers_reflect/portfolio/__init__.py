"""A person's portfolio: their entries gathered, carried out of the toolkit and in again."""
