"""The body that a new note with structure begins with, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping

from layers_core.artefacts.service import ArtefactService, Saved
from layers_core.contract import Actor, Body, Draft, GuardAnswer
from layers_reflect import prompts
from layers_reflect.classification import SCHEMES, codes, no_facts
from layers_reflect.facts import implied
from layers_reflect.kinds import NOTE
from layers_reflect.prompts import Template
from layers_reflect.titles import title_from
from layers_reflect.writing import new_body


def begun(template: Template, counts: str) -> Body:
    """An empty note of a template, with what it implies ticked, and `scheme:code` besides where there is such a one."""
    about = implied(no_facts(), template)
    scheme, _colon, code = counts.partition(":")
    if scheme in SCHEMES and code in codes(scheme) and code not in about[scheme]:
        about[scheme] = [*about[scheme], code]
    return new_body(template, {}, about)


def keep(service: ArtefactService, actor: Actor, body: Body, guard: GuardAnswer, client_key: str) -> Saved:
    """Keep a new note that its writer alone sees. Raises what `ArtefactService.save` does."""
    answers: Mapping[str, object] = body["answers"]
    title = title_from(str(answers.get(prompts.template_of(body).first.id, "")))
    return service.save(actor, Draft(NOTE, title, body, guard=guard), client_key)
