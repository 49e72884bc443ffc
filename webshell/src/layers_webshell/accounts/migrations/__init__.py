"""Revisions of the web shell's tables; `webshell_…` only."""
