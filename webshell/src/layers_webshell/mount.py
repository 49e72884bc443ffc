"""Mounting what plugins bring to the web: their pages, templates, static files and public forms. All of it, once.

Which practice may use a plugin's pages is the gate's business: it answers 404 outside the mix.
"""

from __future__ import annotations

import hashlib
from mimetypes import guess_type
from pathlib import Path
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, request, send_from_directory
from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader
from werkzeug.security import safe_join

from layers_core.artefacts.kinds import CORE
from layers_core.host.loader import Host
from layers_core.host.package import folder_of, template_folders

HERE = Path(__file__).parent
SHELL = "layers"
"""The shell's own folder of templates and name of static files."""
YEAR = 365 * 24 * 3600
CODINGS = (("br", ".br"), ("gzip", ".gz"))
"""The build leaves a copy in each beside a file; the smallest first."""


class MountRefused(RuntimeError):
    """Something that a plugin brings to the web would be out of its place, so the app doesn't start."""


def install(app: Flask, host: Host) -> None:
    """Mount everything. Raises MountRefused naming the plugin and what is wrong."""
    app.extensions["layers_blueprints"] = {}
    _templates(app, host)
    _static(app, host)
    for slug, routes in host.registry.routes.items():
        if routes.staff is not None:
            _mount(app, routes.staff, slug, slug, f"/<practice>/{path_part(slug)}")
        if routes.public is not None:
            _mount(app, routes.public, slug, f"{slug}_public", f"/p/<practice>/{path_part(slug)}")


def path_part(slug: str) -> str:
    """A plugin's part of an address: its slug with hyphens, `peer-share`."""
    return slug.replace("_", "-")


def _mount(app: Flask, blueprint: object, slug: str, name: str, prefix: str) -> None:
    """Mount a blueprint under the plugin's own name, so that `url_for("reflect.new")` is the same for everybody."""
    if not isinstance(blueprint, Blueprint):
        raise MountRefused(f"The plugin {slug} brings {type(blueprint).__name__} instead of a Flask blueprint")
    app.register_blueprint(blueprint, url_prefix=prefix, name=name)
    app.extensions["layers_blueprints"][name] = slug


def _templates(app: Flask, host: Host) -> None:
    """The shell's templates under `layers/`, each plugin's under `<slug>/`, and nowhere else."""
    loaders: dict[str, BaseLoader] = {
        SHELL: FileSystemLoader(HERE / "templates" / SHELL),
        # The core's own kinds are shown by the shell: the core itself works without templates.
        CORE: FileSystemLoader(HERE / "templates" / CORE),
    }
    for slug, plugin in host.plugins.items():
        folder = folder_of(plugin.package)
        outside = [name for name in template_folders(plugin.package) if name != slug]
        if outside:
            raise MountRefused(f"The plugin {slug} has templates outside templates/{slug}/: {', '.join(outside)}")
        if folder is not None:
            loaders[slug] = FileSystemLoader(folder / "templates" / slug)
    # Flask's own loader would look into the folders of blueprints for everybody's names as well.
    app.jinja_env.loader = PrefixLoader(loaders)
    app.jinja_env.trim_blocks = True


def _static(app: Flask, host: Host) -> None:
    folders = {SHELL: HERE / "static" / "dist"}
    for slug, plugin in host.plugins.items():
        folder = folder_of(plugin.package)
        if folder is not None and (folder / "static").is_dir():
            folders[slug] = folder / "static"
    app.extensions["layers_static"] = folders
    app.add_url_rule("/static/<slug>/<path:filename>", "static", _send_static)
    app.jinja_env.globals["asset"] = _Assets(folders)


def _send_static(slug: str, filename: str) -> Response:
    folders = cast("dict[str, Path]", current_app.extensions["layers_static"])
    if slug not in folders:
        abort(404)
    # An address with a stamp changes with the file, so it may be kept for long.
    keep = YEAR if request.args.get("v") else 300
    coding, suffix = _smallest(folders[slug], filename)
    kind = guess_type(filename)[0]
    response = send_from_directory(folders[slug], filename + suffix, mimetype=kind, max_age=keep, conditional=True)
    response.vary.add("Accept-Encoding")
    if coding:
        response.content_encoding = coding
    if keep == YEAR:
        response.cache_control.immutable = True
    response.cache_control.public = True
    return response


def _smallest(folder: Path, filename: str) -> tuple[str, str]:
    """The coding and the ending of the smallest copy that the browser can read; two empty words for the file itself."""
    for coding, suffix in CODINGS:
        path = safe_join(str(folder), filename + suffix)
        if request.accept_encodings[coding] and path is not None and Path(path).is_file():
            return coding, suffix
    return "", ""


class _Assets:
    """`asset('nhsuk.css')`, `asset('reflect.css', 'reflect')`: a static file's address with a stamp of its content."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self._folders = folders
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, filename: str, slug: str = SHELL) -> str:
        known = self._known.get((slug, filename))
        if known is None:
            path = self._folders[slug] / filename
            stamp = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
            known = f"/static/{slug}/{filename}?v={stamp}" if stamp else f"/static/{slug}/{filename}"
            if not current_app.debug:
                self._known[slug, filename] = known
        return known
