"""A portfolio as PDF, out of the page to print, where WeasyPrint is installed (the extra `pdf`)."""

from __future__ import annotations

import io
from importlib import import_module
from importlib.util import find_spec
from typing import BinaryIO

from layers_reflect.portfolio import page_html
from layers_reflect.portfolio.interchange import Portfolio

LIBRARY = "weasyprint"


class NoPdf(RuntimeError):
    """The library that makes a PDF is not there, or misses what it needs of the system (Pango)."""


def available() -> bool:
    """Whether this installation can make a PDF. Elsewhere the page to print is printed to one by any browser."""
    return find_spec(LIBRARY) is not None


def write(portfolio: Portfolio, out: BinaryIO) -> None:
    """Write a portfolio as PDF. It is held in memory meanwhile, so data/exports.json says how many entries it may have.

    Raises NoPdf where it cannot be made here.
    """
    try:
        library = import_module(LIBRARY)
    except (ImportError, OSError) as error:
        raise NoPdf(str(error)) from error
    page = io.BytesIO()
    page_html.write(portfolio, page)
    # The page loads nothing; were something of it taken for an address all the same, it would not be fetched either.
    nothing = library.urls.URLFetcher(allowed_protocols=())
    library.HTML(string=page.getvalue().decode(), url_fetcher=nothing).write_pdf(out, pdf_tags=True)
