"""How the tables of Sample come about."""
