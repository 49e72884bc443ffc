"""The settings of an instance. This is the one module that reads them, from the environment and an optional file.

Every setting can stand in the environment (`VARIABLES`) or in a TOML file under the name of its field; the environment
wins. The file is the one that `LAYERS_CONFIG` names, else `layers.toml` in the instance's own folder, which is
`LAYERS_HOME`, else the current folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_BASE_URL = "http://127.0.0.1:8000"
# Signs the sessions of the demo only; `check_for_serving` refuses it anywhere else.
DEMO_SECRET_KEY = "the-key-of-the-demo-is-known-to-everybody"  # nosec B105
SHORTEST_SECRET_KEY = 32

VARIABLES: Mapping[str, str] = {
    "database_url": "LAYERS_DATABASE_URL",
    "data_dir": "LAYERS_DATA_DIR",
    "secret_key": "LAYERS_SECRET_KEY",  # nosec B105 - a name
    "base_url": "LAYERS_BASE_URL",
    "disabled_plugins": "LAYERS_DISABLE",
    "raise_faults": "LAYERS_RAISE_FAULTS",
    "demo": "LAYERS_DEMO",
    "trusted_hosts": "LAYERS_TRUSTED_HOSTS",
    "smtp_url": "LAYERS_SMTP_URL",
    "mail_from": "LAYERS_MAIL_FROM",
    "mail_domain": "LAYERS_MAIL_DOMAIN",
    "mail_authserv_id": "LAYERS_MAIL_AUTHSERV_ID",
}
"""The environment variable of each setting."""

_FLAGS: Mapping[str, bool] = {
    "1": True, "true": True, "yes": True, "on": True,
    "0": False, "false": False, "no": False, "off": False, "": False,
}  # fmt: skip


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message says which one and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an instance was told from outside. Never changes while a process runs.

    `data_dir` holds what an instance keeps outside PostgreSQL (and the SQLite file by default); `disabled_plugins` are
    slugs that the loader leaves out; `raise_faults` lets a plugin's fault through instead of isolating it (tests);
    `trusted_hosts` are the host names that a request may carry. `smtp_url` says where mail goes
    (`smtp://host:25`, `smtps://user:password@host`, `maildir:///path`), `mail_from` whose it is; without them none is
    sent. `mail_domain` is the domain of the secret addresses to which people send themselves notes; without it there
    are none. `mail_authserv_id` is the name under which the receiving mail server says who sent a message
    (Authentication-Results); with it, only what that server confirmed is kept.
    """

    database_url: str = field(repr=False)
    data_dir: Path
    secret_key: str = field(default=DEMO_SECRET_KEY, repr=False)
    base_url: str = DEFAULT_BASE_URL
    disabled_plugins: frozenset[str] = frozenset()
    raise_faults: bool = False
    demo: bool = False
    trusted_hosts: tuple[str, ...] = ("127.0.0.1",)
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    mail_domain: str = ""
    mail_authserv_id: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `environ` (the process's own by default) and the optional file.

        Raises SettingsError for a value that cannot be read and for a name in the file that is no setting.
        """
        environ = os.environ if environ is None else environ
        home = Path(environ.get("LAYERS_HOME") or ".").expanduser().absolute()
        given = _read_file(environ, home)
        given |= {name: environ[variable] for name, variable in VARIABLES.items() if variable in environ}

        data_dir = Path(_text(given, "data_dir") or home / "var" / "demo").expanduser().absolute()
        base_url = (_text(given, "base_url") or DEFAULT_BASE_URL).rstrip("/")
        return cls(
            database_url=_text(given, "database_url") or f"sqlite:///{(data_dir / 'layers.db').as_posix()}",
            data_dir=data_dir,
            secret_key=_text(given, "secret_key") or DEMO_SECRET_KEY,
            base_url=base_url,
            disabled_plugins=frozenset(_names(given, "disabled_plugins")),
            raise_faults=_flag(given, "raise_faults"),
            demo=_flag(given, "demo"),
            trusted_hosts=_names(given, "trusted_hosts") or (_host(base_url),),
            smtp_url=_text(given, "smtp_url"),
            mail_from=_text(given, "mail_from"),
            mail_domain=_text(given, "mail_domain").casefold(),
            mail_authserv_id=_text(given, "mail_authserv_id"),
        )

    def check_for_serving(self) -> None:
        """Refuse what would be unsafe to serve; the demo may go on as it is.

        With a short or a known key anybody can sign a session of their own. Raises SettingsError with what to do.
        """
        if self.demo:
            return
        if self.secret_key == DEMO_SECRET_KEY or len(self.secret_key) < SHORTEST_SECRET_KEY:
            raise SettingsError(
                f"The secret key is missing, is the demo's own, or has fewer than {SHORTEST_SECRET_KEY} characters. "
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))' "
                "and set it as LAYERS_SECRET_KEY. Keep it: a new key signs everybody out."
            )


def _read_file(environ: Mapping[str, str], home: Path) -> dict[str, object]:
    """What the settings file says; nothing where there is none, unless `LAYERS_CONFIG` names one that is missing."""
    named = environ.get("LAYERS_CONFIG")
    path = Path(named).expanduser() if named else home / "layers.toml"
    if not named and not path.is_file():
        return {}
    try:
        content: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise SettingsError(f"The settings file {path} cannot be read: {fault}") from fault
    unknown = sorted(content.keys() - VARIABLES.keys())
    if unknown:
        raise SettingsError(f"{path} sets {', '.join(unknown)}, which is unknown. Known: {', '.join(VARIABLES)}.")
    return content


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise SettingsError(f"{name} must be a text, not {value!r}.")
    return value.strip()


def _flag(given: Mapping[str, object], name: str) -> bool:
    value = given.get(name, False)
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word not in _FLAGS:
        raise SettingsError(f"{VARIABLES[name]} is {value!r}: use 1 for yes or 0 for no.")
    return _FLAGS[word]


def _names(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of names: separated by commas in the environment, a list in the file."""
    value = given.get(name, "")
    entries = value.split(",") if isinstance(value, str) else value
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise SettingsError(f"{name} must be a list of texts, not {value!r}.")
    return tuple(entry.strip() for entry in entries if entry.strip())


def _host(base_url: str) -> str:
    """The host name in the address of the instance. Raises SettingsError where there is none."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"LAYERS_BASE_URL is {base_url!r}: use an address such as https://layers.example.nhs.uk")
    return parts.hostname
