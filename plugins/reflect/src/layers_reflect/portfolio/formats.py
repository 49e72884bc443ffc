"""The formats in which a portfolio can leave, by the name that the command and the pages know them by."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from layers_reflect.portfolio import archive, csv_file, docx_file, leap2a_writer, page_html, pdf_file
from layers_reflect.portfolio.interchange import Portfolio

Writer = Callable[[Portfolio, BinaryIO], None]

FORMATS: dict[str, Writer] = {
    "leap2a": leap2a_writer.write,
    "archive": archive.write,
    "html": page_html.write,
    "docx": docx_file.write,
    "csv": csv_file.write,
    **({"pdf": pdf_file.write} if pdf_file.available() else {}),
}
MOVES = frozenset({"leap2a", "archive"})
"""Those with which somebody takes their portfolio along, so that private additions come too. The others are made to be
shown to somebody."""
