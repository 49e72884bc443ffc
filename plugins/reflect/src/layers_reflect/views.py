"""The pages of Reflect on which a note is changed; the timeline and the portfolio have pages of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import CheckFailed, DraftRefused, EditConflict, GuardStop, NotAllowed, NotFound
from layers_core.artefacts.service import may_edit
from layers_core.contract import Body, FormFields, Problem, Thing
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_core.web import Submitted, current, policy, submitted
from layers_reflect import prompts, reading, service
from layers_reflect.classification import known_professions
from layers_reflect.form import changed_template, fields_of, others_shown, sent
from layers_reflect.kinds import EPISODE, NOTE, WRITE
from layers_reflect.own import reading as own_reading
from layers_reflect.profiles import choose, profile_of
from layers_reflect.prompts import PACKAGE, Template, in_words
from layers_reflect.showing import month_names, shown_facts, without_title
from layers_reflect.writing import KINDS, ONLY_FOR_ME, begun_with, read, written

TITLE = "title"

staff = Blueprint("reflect", __name__, template_folder="templates")


@staff.app_template_global("reflect_offered")
def offered(fields: FormFields | None) -> prompts.Template:
    """The questions for the record box: those of the practice, or those that `fields` were typed under."""
    template = prompts.offered(current.practice)
    return begun_with(template, fields) if fields else template


@staff.app_template_global("reflect_answered")
def answered(body: Body) -> list[tuple[str, str]]:
    """The answered questions of a note."""
    return prompts.answered(body)


@staff.app_template_global("reflect_under_title")
def under_title(thing: Thing) -> list[tuple[str, str]]:
    """What a note says on its own page, where its title stands already."""
    return [*without_title(prompts.answered(thing.body), thing.title), *prompts.others(thing.body)]


@staff.get("/<uuid:thing_id>/edit")
@policy("member", WRITE)
def edit(thing_id: UUID) -> ResponseReturnValue:
    """The form to change a note or a private addition; `template` in the query asks for other questions.

    An episode is arranged on a page of its own.
    """
    thing = _own(thing_id)
    if thing.kind == EPISODE:
        return redirect(url_for("reflect.episode", episode_id=thing_id))
    wanted = _named(thing, request.args.get("template", ""))
    body, questions = thing.body, written(thing).questions
    if wanted is not None and thing.kind == NOTE:
        body, questions = changed_template(body, prompts.template_of(body), wanted), wanted.questions
    return _form(thing, wanted, fields_of(body, questions) if thing.kind == NOTE else body, thing.revision)


@staff.post("/<uuid:thing_id>/edit")
@policy("member", WRITE)
def save(thing_id: UUID) -> ResponseReturnValue:
    """Save the changes, or show what was typed under other questions; every refusal keeps what was typed."""
    thing = _own(thing_id)
    if thing.kind == EPISODE:
        abort(404)
    form = submitted()
    revision = form.whole("revision") or 0
    template = _asked_with(thing, form)
    body, problems = _sent(thing, template, form)
    if form.get("do") == "use" and thing.kind == NOTE:
        return _form(thing, *_under_other_questions(thing, template, body, form), revision)
    if problems:
        return _form(thing, template, form, revision, problems), 422
    try:
        service.revise(
            current.artefacts,
            current.actor,
            thing,
            body,
            form.get(ONLY_FOR_ME),
            form.guard(),
            revision,
            form.get(TITLE),
        )
    except DraftRefused as refused:
        return _form(thing, template, form, revision, refused.problems), 422
    except GuardStop as stop:
        return _form(thing, template, form, revision, stop=stop), 422
    except EditConflict as conflict:
        if conflict.current.body == body and _is_kept_for_me(thing_id, form.get(ONLY_FOR_ME)):
            return _saved(thing_id)
        return _conflict(conflict.current, template, form), 409
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        text = _("We could not save this just now. Try again in a minute")
        return _form(thing, template, form, revision, [Problem(text)]), 503
    return _saved(thing_id)


def _is_kept_for_me(note_id: UUID, text: str) -> bool:
    """Whether what was typed for oneself is there, read anew: the other submit may be younger than this request."""
    if not text:
        return True
    with current.artefacts.database.read() as session:
        return text in {aside.text for aside in reading.asides_of(session, current.actor, [note_id])}


def _sent(thing: Thing, template: Template | None, form: Submitted) -> tuple[Body, tuple[Problem, ...]]:
    """The body that the form makes of a note or a private addition, and what has to be mended."""
    if thing.kind == NOTE and template is not None:
        made = sent(template, form, thing.body, _schemes())
        return made.body, made.problems
    answers, problems = read(written(thing).questions, form)
    return written(thing).body(answers), problems


def _schemes() -> tuple[str, ...]:
    return profile_of(current.session, current.actor).schemes


def _asked_with(thing: Thing, form: Submitted) -> Template | None:
    """The template that the form was made with: the note's own where it says none that is known."""
    if thing.kind != NOTE:
        return None
    return _named(thing, form.get("template"), form.whole("template_version")) or prompts.template_of(thing.body)


def _named(thing: Thing, code: str, version: int | None = None) -> Template | None:
    """A template by its code: the note's, one that comes with Reflect, or one that the actor or practice made."""
    if not code or thing.kind != NOTE:
        return None
    if (thing.body["template"], thing.body["template_version"]) == (code, version):
        return prompts.template_of(thing.body)
    return own_reading.template_named(current.session, current.actor, code, version)


def _under_other_questions(
    thing: Thing, before: Template | None, body: Body, form: Submitted
) -> tuple[Template, MultiDict[str, str]]:
    """What was typed, carried to the questions that were chosen; facts stand as they were typed."""
    before = before or prompts.template_of(thing.body)
    template = _named(thing, form.get("use_template")) or before
    changed = changed_template(body, before, template)
    values = fields_of(changed, template.questions)
    for name in form.values:
        if name.startswith(
            ("about-date", "about-time", "about-shared", "about-topics", ONLY_FOR_ME, TITLE, "client_key")
        ):
            values[name] = form.get(name)
    return template, values


def _own(thing_id: UUID) -> Thing:
    """A note, private addition or episode that the actor may change; the page is not found otherwise."""
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or thing.kind not in {*KINDS, EPISODE} or not may_edit(current.host, current.actor, thing):
        abort(404)
    return thing


def _saved(thing_id: UUID) -> ResponseReturnValue:
    flash(_("Your changes are saved."), "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


def _form(
    thing: Thing,
    template: Template | None,
    values: FormFields | Mapping[str, Any],
    revision: int,
    problems: Iterable[Problem] = (),
    **more: Any,
) -> str:
    asides = reading.asides_of(current.session, current.actor, [thing.id])
    is_note = thing.kind == NOTE
    if is_note:
        template = template or prompts.template_of(thing.body)
        more |= {
            "template": template,
            "offered": _offered(),
            "others": others_shown(values),
            "own_title": {"value": values.get(TITLE, thing.title)} if service.has_own_title(thing) else None,
            "facts": shown_facts(current.session, current.actor, template, values),
        }
    return render_template(
        "reflect/edit.html",
        thing=thing,
        questions=template.questions if template else written(thing).questions,
        values=values,
        revision=revision,
        problems=list(problems),
        may_add_aside=is_note and (not asides or values.get(ONLY_FOR_ME, "")),
        **more,
    )


def _offered() -> list[tuple[str, str]]:
    """The templates that may be chosen, as (code, name): those that come with Reflect, then one's own."""
    mine = own_reading.all_of(current.session, current.actor, offered_only=True)
    shipped = [(code, _(entry["label"])) for code, entry in vocabulary("templates", PACKAGE).items()]
    return shipped + [(view.template.id, view.template.label) for view in mine]


def _conflict(now: Thing, template: Template | None, form: Submitted) -> str:
    """Both texts: what the thing says by now, and what was typed, to be saved over it."""
    problem = Problem(_("This was changed since you opened it. Read both texts, then save again"))
    kept = written(now)
    theirs = [(question.prompt, in_words(question, kept.answers.get(question.id, ""))) for question in kept.questions]
    return _form(now, template, form, now.revision, [problem], theirs=theirs)


@staff.get("/about-me")
@policy("member", WRITE)
def profile() -> str:
    """What one's own notes may count for, and when the year or cycle ends."""
    kept = profile_of(current.session, current.actor)
    return _profile_page({"professions": kept.professions, "month": str(kept.appraisal_month or "")}, kept.cycle_ends)


@staff.post("/about-me")
@policy("member", WRITE)
def save_profile() -> ResponseReturnValue:
    """Keep one's choices."""
    form = submitted()
    ends, month = form.date("cycle"), form.whole("month")
    chosen = [code for code in known_professions() if code in form.getlist("professions")]
    if form.problems:
        return _profile_page({"professions": chosen, "month": form.get("month")}, None, form), 422
    choose(
        current.artefacts,
        current.actor,
        chosen or ["other"],
        month if month in range(1, 13) else None,
        ends,
    )
    flash(_("Your choices are saved."), "success")
    return redirect(url_for("reflect.profile"), 303)


def _profile_page(values: Mapping[str, Any], ends: date | None, form: Submitted | None = None) -> str:
    return render_template(
        "reflect/profile.html",
        values=values,
        ends=ends,
        form=form,
        problems=form.problems if form else [],
        professions=[(code, _(words)) for code, words in known_professions().items()],
        months=[("", ""), *((str(number), name) for number, name in enumerate(month_names(), 1))],
    )
