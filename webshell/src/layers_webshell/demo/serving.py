"""Starting a web server, and the demo on it."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import click
from flask import Flask
from waitress.server import create_server

from layers_core.cli.context import CliContext, report
from layers_core.db import migrate
from layers_core.db.engine import parse_url
from layers_core.host.loader import migration_rooms
from layers_core.settings import Settings
from layers_webshell.accounts.demo_links import DemoLinks
from layers_webshell.app import create_app
from layers_webshell.demo import world

HERE = "127.0.0.1"
THREADS = 8
ASIDE = "before-reset"
ANSWER_SECONDS = 30.0


def listen(app: Flask, address: str, port: int, threads: int) -> Any:
    """A server that already listens; `run()` serves until it is interrupted.

    Raises ClickException where the port is taken or may not be used.
    """
    try:
        return create_server(app, host=address, port=port, threads=threads, ident="layers")
    except OSError as fault:
        raise click.ClickException(
            f"Cannot listen on {address}:{port}: {fault.strerror}. Try another --port"
        ) from fault


def serve(server: Any) -> None:
    """Serve until it is interrupted.

    What the start made stays for good, so the collector need not look at it again and again: the first page, which
    compiles its templates, took 0.13 s of CPU instead of 0.21.
    """
    gc.freeze()
    server.run()


def run(settings: Settings, port: int, *, reset: bool) -> None:
    """Make the demo where there is none, serve it on 127.0.0.1, and print `ROLE URL` once it answers."""
    settings = replace(settings, demo=True, trusted_hosts=(HERE, "localhost"))
    if reset:
        put_aside(settings)
    layers = _prepared(settings)
    links = DemoLinks()
    app = create_app(settings, host=layers.host, database=layers.database, links=links)
    server = listen(app, HERE, port, THREADS)
    base_url = f"http://{HERE}:{server.effective_port}"
    addresses = {role: base_url + path for role, path in world.addresses(layers.database, links).items()}
    threading.Thread(target=_announce, args=(server.effective_port, addresses), daemon=True).start()
    serve(server)


def _prepared(settings: Settings) -> CliContext:
    """The demo's database with its tables and its world. One that was not finished is put aside and made anew."""
    layers = CliContext(settings)
    report(migrate.upgrade(layers.any_database.engine, migration_rooms()))
    try:
        made = world.find(layers.database)
    except world.Unfinished as fault:
        layers.database.dispose()
        put_aside(settings)
        click.echo(f"{fault} It is made anew.", err=True)
        return _prepared(settings)
    if made is None:
        click.echo("Making the demo", err=True)
        world.build(layers.database, layers.host, layers.service)
    return layers


def put_aside(settings: Settings) -> None:
    """Move the demo's database into a folder beside it, in place of the one that was put aside before.

    Raises ClickException where the database is not the demo's own file.
    """
    address = parse_url(settings.database_url)
    path = Path(str(address.database)).absolute()
    if address.get_backend_name() != "sqlite" or path.parent != settings.data_dir.absolute():
        raise click.ClickException(
            "Only the demo's own file can be made anew. Empty the database of LAYERS_DATABASE_URL yourself."
        )
    folder = settings.data_dir / ASIDE
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{path.name}*"):
        old.unlink()
    for found in sorted(path.parent.glob(f"{path.name}*")):
        os.replace(found, folder / found.name)


def _announce(port: int, addresses: Mapping[str, str]) -> None:
    """Print the addresses once the demo answers."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while not _answers(port):
        if time.monotonic() > deadline:
            click.echo("The demo does not answer.", err=True)
            return
        time.sleep(0.05)
    print("\n".join(f"{role} {address}" for role, address in addresses.items()), flush=True)
    print("Each link signs in once, from this machine only. Stop with Ctrl+C.", file=sys.stderr, flush=True)


def _answers(port: int) -> bool:
    connection = HTTPConnection(HERE, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
