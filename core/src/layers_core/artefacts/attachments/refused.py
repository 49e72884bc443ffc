"""Why a file was not taken."""

from __future__ import annotations


class Refused(Exception):
    """A file that is not taken; the message says why and what to do, in the reader's language."""
