"""The names of Leap2A: namespaces of both versions, and what its words stand for here (data/leap2a.json)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from layers_core.vocabulary import vocabulary
from layers_reflect.prompts import PACKAGE

ATOM = "http://www.w3.org/2005/Atom"
XHTML = "http://www.w3.org/1999/xhtml"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LEAP2 = "http://terms.leapspecs.org/"
LEAP_2009 = "http://wiki.cetis.ac.uk/2009-03/Leap2A_predicates#"
TYPES_2009 = "http://wiki.cetis.ac.uk/2009-03/Leap2A_types#"
LEAP_SPACES = (LEAP2, LEAP_2009, TYPES_2009)
VERSION = "http://www.leapspecs.org/2010-07/2A/"
CATEGORIES = "http://wiki.leapspecs.org/2A/categories/"
CATEGORIES_2009 = "http://wiki.cetis.ac.uk/2009-03/Leap2A_categories/"
OURS = "urn:x-learning-layers:portfolio:1"
"""The namespace of what Leap2A has no word for; the last part is its version."""
SCHEME = f"{OURS}:"
"""A category scheme of ours is this and the part of an entry's `about` that it belongs to."""


@cache
def words() -> Mapping[str, Any]:
    """What the words of Leap2A stand for here."""
    return vocabulary("leap2a", PACKAGE)


def local(name: str) -> str:
    """A Leap2A word without its namespace, of whichever version; empty for a word that is not Leap2A's."""
    for space in LEAP_SPACES:
        if name.startswith(space):
            return name.removeprefix(space)
    return ""
