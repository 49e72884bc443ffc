"""A small plugin that fills every place of a page, for the tests of the staff pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Artefact
from layers_core.contract import (
    Actor,
    ArtefactKind,
    AudienceType,
    Captured,
    CaptureForm,
    Draft,
    FormFields,
    HomeCard,
    Panel,
    Permission,
    PluginMeta,
    PracticeView,
    Problem,
    Thing,
    hookimpl,
)


class IdeaBody(Schema):
    """The body of an idea."""

    text = fields.String(required=True)
    topics = fields.List(fields.String())


class Ideas:
    """A plugin with a kind, a capture form, a card, a panel, a check and a row about each person."""

    meta = PluginMeta(
        slug="ideas",
        name="Ideas",
        version="1",
        requires_core=">=0.1",
        summary="For tests",
        stores="Ideas",
        seen_by="Whoever the writer chose",
        opens_audiences=frozenset[AudienceType]({"cluster", "network"}),
    )

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        return [
            ArtefactKind(
                name="ideas.idea",
                version=1,
                schema=IdeaBody,
                label="Idea",
                summary=lambda body: str(body["text"]),
                search_text=lambda body: str(body["text"]),
                page_template="ideas/idea.html",
                permission="ideas.write",
                resurfaces=True,
            )
        ]

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        return [Permission("ideas.write", "Write ideas")]

    @hookimpl
    def layers_home_cards(self, practice: PracticeView, actor: Actor, session: Session) -> Iterable[HomeCard]:
        waiting = session.scalar(select(Artefact.title).where(Artefact.title == "Waiting"))
        yield HomeCard("Ideas to look at", "Because you asked", "Look", f"/{practice.slug}/new", first=bool(waiting))

    @hookimpl
    def layers_artefact_panels(self, artefacts: Sequence[Thing]) -> Iterable[Panel]:
        return [Panel(thing.id, "What Ideas says", "ideas/panel.html", {"message": "listen"}) for thing in artefacts]

    @hookimpl
    def layers_capture_forms(self) -> Iterable[CaptureForm]:
        return [CaptureForm("ideas.idea", "An idea", "ideas/capture.html", self.read, first_field="text")]

    @staticmethod
    def read(form: FormFields) -> Captured:
        text = form.get("text")
        problems = () if text else (Problem("Write down your idea", "text"),)
        return Captured(text[:60], {"text": text, "topics": ["one", "two"]}, problems=problems)

    @hookimpl
    def layers_check_draft(self, draft: Draft) -> Iterable[Problem]:
        if draft.title == "No":
            yield Problem("Say it differently", "text")

    @hookimpl
    def layers_personal_data(self, person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
        ids = session.scalars(select(Artefact.id).where(Artefact.author_id == person_id))
        return [("Private remark", {"artefact_id": key, "remark": f"remark on {key}"}) for key in ids]
