"""The address of every page, and who opens it. Holds no tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from layers_core.web import Policy

from .stage import Stage

NO_PAGES = (
    "static",
    "api.",
    "drafts.offer",
    "outbox.token",
    "capture_app.manifest",
    "capture_app.service_worker",
    "reflect.export_file",
    "patient_input.fft_file",
    "patient_input.pack_file",
    "patient_input_public.feed",
    "patient_input.import_wrong_file",
)
"""What these endpoints answer is no page: files, and the programs' door."""
ROLE_AT = {"public": "", "signed_in": "nurse", "member": "lead", "evaluator": "evaluator", "operator": "operator"}
"""Who opens a page, by the level of its policy; "" is nobody who is signed in."""
ROLE_OF = {
    "again.": "nurse",
    "reflect.export_": "nurse",
    "reflect.nmc": "nurse",
    "reflect.template": "nurse",
    "files.": "nurse",
    "follow.action": "gp",
    "patient_input.care": "nurse",
    "patient_input.": "manager",
    "people.": "manager",
    "guidelines.preview": "manager",
}
"""Who opens it instead, by endpoint or the beginning of several."""


def places(stage: Stage) -> Iterator[tuple[str, str, str]]:
    """(role, endpoint, address) of everything that answers to GET, from the application's own map of addresses."""
    for rule in sorted(stage.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(NO_PAGES):
            yield role_of(stage.app, rule.endpoint), rule.endpoint, stage.url + address(stage, rule)


def role_of(app: Flask, endpoint: str) -> str:
    """Who opens the page of an endpoint."""
    named = [role for start, role in ROLE_OF.items() if endpoint.startswith(start)]
    declared: Policy = app.view_functions[endpoint].__layers_policy__  # type: ignore[attr-defined]
    return named[0] if named else ROLE_AT[declared.level]


def address(stage: Stage, rule: Rule) -> str:
    """The address of a rule, with what the demo holds for its arguments. Raises LookupError, saying what to add."""
    values: Mapping[str, Any] = {name: _value(stage, rule, name) for name in rule.arguments}
    built = rule.build(values)
    assert built is not None
    return built[1]


def _value(stage: Stage, rule: Rule, name: str) -> Any:
    for key in (f"{rule.endpoint}:{name}", name):
        if key in stage.keys:
            return stage.keys[key]
    raise LookupError(
        f"Nobody knows what <{name}> of {rule.rule} stands for: let furnish() in {Path(__file__).name} make one, "
        f"and name it in stage.keys as {name!r} or {rule.endpoint + ':' + name!r}"
    )
