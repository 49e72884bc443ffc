"""The command `layers`: what the core, other distributions and healthy plugins let somebody do from a terminal."""
