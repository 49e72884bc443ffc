"""What people do with their portfolio: write over several entries at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from layers_core.artefacts.service import ArtefactService, Saved
from layers_core.contract import Actor, Draft, GuardAnswer, NewLink
from layers_reflect.kinds import NOTE
from layers_reflect.prompts import Answer, Template
from layers_reflect.titles import title_from
from layers_reflect.writing import new_body

EVIDENCE = "evidence_for"
MOST_WRITTEN_OVER = 100
"""So many links one reflection can carry and still be read."""


def write_over(
    service: ArtefactService,
    actor: Actor,
    template: Template,
    answers: Mapping[str, Answer],
    entries: Sequence[UUID],
    guard: GuardAnswer,
    client_key: str,
) -> Saved:
    """Keep one reflection, seen by its writer alone, for which each of the entries is evidence.

    Raises what `ArtefactService.save` does, and LookupError for an entry that is not the actor's to see.
    """
    draft = Draft(
        kind=NOTE,
        title=title_from(str(answers.get(template.first.id, ""))),
        body=new_body(template, answers),
        links=tuple(NewLink(EVIDENCE, key, reverse=True) for key in entries),
        guard=guard,
    )
    return service.save(actor, draft, client_key)
