"""The API's own description: valid, complete, and kept to when a machine tries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from layers_webshell.testclient import Browser

DESCRIPTION = "/api/v1/openapi.json"
CASES = 30
"""So many requests for each address and method, that fit the description, and as many that do not."""
KEPT = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


def test_the_description_is_public_and_names_every_address(app: Flask, visitor: Browser) -> None:
    answer = visitor.get(DESCRIPTION)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    spec = answer.json
    assert spec["openapi"] == "3.1.0"
    assert spec["security"] == [{"token": []}]
    described = {(path, method) for path, item in spec["paths"].items() for method in item if method != "parameters"}
    mounted = {
        (str(rule.rule).replace("<practice_slug:", "{").replace("<uuid:", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.rule != DESCRIPTION
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == mounted
    schemathesis.openapi.from_dict(spec).validate()


@pytest.mark.slow
def test_a_machine_finds_no_answer_beside_the_description(app: Flask, program_for: Callable[..., Any]) -> None:
    app.config["LAYERS_API_LIMIT"] = "100000 per minute"
    lead = program_for("lead")
    note = lead.note("Larger letters", promise={"expectation": "Print at 18 points"})
    known = {"practice": "manor", "artefact_id": note}
    statuses: set[int] = set()

    def send(case: Case) -> None:
        answer = case.call(base_url="http://127.0.0.1")
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=KEPT)

    described = schemathesis.openapi.from_wsgi(DESCRIPTION, app, base_url="http://127.0.0.1")
    for found in described.get_all_operations():
        operation = found.ok()
        # Made-up practices and things would all be the same 404.
        address = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
        modes = GenerationMode if operation.query or operation.body else [GenerationMode.POSITIVE]
        for mode in modes:
            cases = operation.as_strategy(generation_mode=mode, path_parameters=address, headers=lead.headers)
            try_one = given(case=cases)(send)
            settings(
                max_examples=CASES,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(try_one)()
    assert {200, 422} <= statuses
