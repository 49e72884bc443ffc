"""The record box: a plugin's fields with what every form has, shown on the home page and on the record page."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import render_template
from markupsafe import Markup

from layers_core.artefacts import reading
from layers_core.artefacts.choices import AudienceChoice, choices
from layers_core.artefacts.kinds import slug_of
from layers_core.contract import Captured, CaptureForm, FormFields, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext
from layers_core.web import Submitted, current, parse_uuid
from layers_webshell import language, pieces, placements
from layers_webshell.pages.parts import part
from layers_webshell.pages.rows import shorten
from layers_webshell.pages.saving import Refusal

TITLE_LENGTH = 120


def read_note(form: FormFields) -> Captured:
    """The plain note's one field; its title is the text's first line."""
    text = form.get("text").strip()
    if not text:
        return Captured("", {}, problems=(Problem(_("Write down what you learnt"), "text"),))
    return Captured(shorten(text.splitlines()[0].strip(), TITLE_LENGTH), {"text": text})


NOTE = CaptureForm(
    "core.note",
    lazy_gettext("Note"),
    "layers/pages/capture_note.html",
    read_note,
    same_for_all=True,
    first_field="text",
)


def forms() -> list[tuple[str, CaptureForm]]:
    """The record forms that the actor may use, as (slug, form): the mix's, or the plain note where it has none."""
    placed = placements.capture_forms(current.host, current.actor)
    note = current.host.registry.kinds[NOTE.kind]
    if not placed.items and current.actor.can(note.permission):
        return [(slug_of(NOTE.kind), NOTE)]
    return list(placed.items)


@dataclass
class RecordBox:
    """Everything that the record box shows. `fields` holds what was typed, `refusal` why it was not saved."""

    form: CaptureForm
    others: list[CaptureForm]
    audiences: list[AudienceChoice]
    chosen: str
    autofocus: bool
    fields: Submitted
    problems: tuple[Problem, ...] = ()
    refusal: Refusal | None = None
    prompted_by: Thing | None = None
    inside: Markup = field(default_factory=Markup)

    @property
    def client_key(self) -> str:
        """The key of the submit that was refused, so that its repeat is known; empty for a new form."""
        return self.fields.client_key


def record_box(
    kind: str = "",
    *,
    fields: Submitted | None = None,
    refusal: Refusal | None = None,
    prompted_by: Thing | None = None,
    autofocus: bool = True,
) -> RecordBox | None:
    """The record box for a kind (the first form where it is none of them); None where the actor may record nothing."""
    known = forms()
    if not known:
        return None
    slug, form = next(((slug, form) for slug, form in known if form.kind == kind), known[0])
    typed = fields or Submitted({})
    box = RecordBox(
        form=form,
        others=[other for _slug, other in known if other is not form],
        audiences=choices(current.session, current.host, current.actor),
        chosen=typed.get("audience", form.audience),
        autofocus=autofocus and not refusal,
        fields=typed,
        problems=refusal.problems if refusal else (),
        refusal=refusal,
        prompted_by=prompted_by,
    )
    may_keep = form.same_for_all and not (fields or refusal)
    box.inside = _kept_inside(slug, box) if may_keep else _inside(slug, box)[0]
    return box


def _kept_inside(slug: str, box: RecordBox) -> Markup:
    """The inside of an empty box, which took a sixth of the home page's time; nothing in it is anybody's own."""
    practice, form = current.practice, box.form
    key = (
        *("record box", practice.id, practice.mix.version, language.now(), form.kind, form.template),
        *(box.autofocus, box.chosen, *box.audiences),
    )
    found = pieces.find(key)
    if found is None:
        found, whole = _inside(slug, box)
        if whole:
            pieces.keep(key, found)
    return found


def _inside(slug: str, box: RecordBox) -> tuple[Markup, bool]:
    """The fields of the box, the plugin's own and those that every form has, and whether the plugin's are there."""
    body = part(
        slug,
        "layers_capture_forms",
        box.form.template,
        fields=box.fields,
        problems=box.problems,
        autofocus=box.autofocus,
    )
    inside = render_template("layers/pages/record_fields.html", box=box, body=body)
    return Markup(inside), body is not None  # nosec B704 - the template has escaped


def with_shared(kind: str, text: str) -> Submitted | None:
    """The form's fields with a shared text in its first field; None where nothing was shared or no field takes it."""
    known = [form for _slug, form in forms()]
    form = next((form for form in known if form.kind == kind), known[0]) if known else None
    return Submitted({form.first_field: text}) if text and form and form.first_field else None


def prompting(key: str) -> Thing | None:
    """The thing that a new one grows out of, where the actor may see it."""
    artefact_id = parse_uuid(key)
    return reading.get(current.session, current.host, current.actor, artefact_id) if artefact_id else None
