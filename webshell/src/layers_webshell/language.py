"""Languages: which one a page is in, its direction, and one catalogue for each distribution."""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import cast

import flask_babel
from babel import Locale, UnknownLocaleError
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from layers_core import i18n
from layers_core.host.loader import Host
from layers_core.host.package import folder_of
from layers_core.web import RequestContext
from layers_webshell.accounts.identity import signed_in

ENGLISH = "en"
BY_ADDRESS = ("/f/", "/p/")
PACKAGES = ("layers_core", "layers_webshell")

# A page asks a hundred times; asking Flask's `g` took a twentieth of the page.
_settled: ContextVar[str] = ContextVar("layers_language", default="")


def install(app: Flask, host: Host) -> None:
    """Let every distribution's catalogue, named after its package, translate its own messages."""
    found = [(package, folder_of(package)) for package in (*PACKAGES, *(p.package for p in host.plugins.values()))]
    with_catalogues = [(package, folder / "translations") for package, folder in found if folder and _has(folder)]
    app.config.update(
        BABEL_DEFAULT_LOCALE=ENGLISH,
        BABEL_TRANSLATION_DIRECTORIES=";".join(str(folder) for _package, folder in with_catalogues) or "translations",
        BABEL_DOMAIN=";".join(package for package, _folder in with_catalogues) or "messages",
    )
    flask_babel.Babel(app, locale_selector=_identifier, timezone_selector=time_zone)
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    # In place of Jinja's own, which took 4 µs for each of the forty words and phrases on a page.
    app.jinja_env.globals["_"] = _in_template
    app.extensions["layers_language"] = settle_on
    app.teardown_request(_forget)
    i18n.set_translator(_gettext, _ngettext)
    i18n.set_locale(_locale)
    i18n.set_timezone(time_zone)
    app.jinja_env.globals.update(language_name=name_of, language_direction=direction)


def settle() -> None:
    """Fix the language of the present page, now that it is known who asks and in which practice."""
    _fix(language())


def settle_on(code: str) -> str:
    """Fix the language of the present page from here on; gives the one before. What does not exist is English."""
    before = now()
    _fix(_tag(code) or ENGLISH)
    return before


def _fix(tag: str) -> None:
    g.layers_language = tag
    _settled.set(tag)
    # Flask-Babel keeps what it found at its first use, which may have been before.
    flask_babel.refresh()


def now() -> str:
    """The language of the present page, as far as it is known."""
    return _settled.get() or _unsettled()


def _identifier() -> str:
    return now().replace("-", "_")


def _unsettled() -> str:
    return cast("str", g.get("layers_language")) or language() if has_request_context() else ENGLISH


def _forget(_error: BaseException | None) -> None:
    _settled.set("")


def language() -> str:
    """Find the language of the present page.

    A public page's stands in its address (?lang=), because it has no cookie; a colleague's is their account's choice;
    else it is the first language of the practice.
    """
    chosen = request.args.get("lang", "") if request.path.startswith(BY_ADDRESS) else ""
    person = signed_in()
    for code in (chosen, person.language if person else "", *_practice_languages()[:1]):
        if code and (tag := _tag(code)):
            return tag
    return ENGLISH


def time_zone() -> str:
    """The time zone of the present page's practice."""
    context = cast("RequestContext | None", g.get("layers")) if has_request_context() else None
    return context.practice.time_zone if context and context.practice else i18n.DEFAULT_TIMEZONE


def direction(code: str) -> str:
    """`rtl` for a language that is written from the right, else `ltr`."""
    locale = _parsed(code)
    return locale.text_direction if locale else "ltr"


def name_of(code: str) -> str:
    """A language's own name for itself."""
    locale = _parsed(code)
    return ((locale.get_display_name() or code) if locale else code).capitalize()


def _practice_languages() -> tuple[str, ...]:
    context = cast("RequestContext | None", g.get("layers"))
    return context.practice.languages if context and context.practice else ()


@lru_cache(maxsize=64)
def _tag(code: str) -> str:
    # A variant that there are no catalogues and dates for, such as en-simple, is read as its language.
    locale = _parsed(code)
    return str(locale).replace("_", "-") if locale else ""


@lru_cache(maxsize=64)
def _parsed(code: str) -> Locale | None:
    try:
        return Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None


def _locale() -> str:
    """The language for dates; plain English means the English of the NHS."""
    code = now()
    return i18n.DEFAULT_LOCALE if code == ENGLISH else code


def _gettext(message: str) -> str:
    # The messages are English, and looking each of them up would take as long as the rest of the frame.
    if now() == ENGLISH:
        return message
    return cast("str", flask_babel.get_translations().ugettext(message))


def _in_template(message: str, **variables: object) -> Markup:
    """A message as templates show it: its own markup is kept, what is filled in is escaped."""
    return Markup(_gettext(message)) % variables if variables else _without_variables(message, now())  # nosec B704 - catalogues are ours


@lru_cache(maxsize=4096)
def _without_variables(message: str, _language: str) -> Markup:
    # Filled in with nothing, so that "%%" reads as "%" in all messages alike.
    return Markup(_gettext(message)) % {}  # nosec B704 - catalogues are ours


def _ngettext(singular: str, plural: str, n: int) -> str:
    if now() == ENGLISH:
        return singular if n == 1 else plural
    return cast("str", flask_babel.get_translations().ungettext(singular, plural, n))


def _has(folder: Path) -> bool:
    return (folder / "translations").is_dir()
