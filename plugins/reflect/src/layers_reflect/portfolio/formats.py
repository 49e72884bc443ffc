"""The formats in which a portfolio can leave, by the name that the command and the pages know them by."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from layers_reflect.portfolio.interchange import Portfolio

Writer = Callable[[Portfolio, BinaryIO], None]

FORMATS: dict[str, Writer] = {}
