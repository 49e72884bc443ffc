"""The shapes of what is kept and of what a practice may set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_core.vocabulary import vocabulary
from layers_reflect.classification import MOST_TOPICS, codes, no_facts
from layers_reflect.prompts import DEFAULT, OWN, PACKAGE, Answer, Question, own, templates

ANSWER_LIMIT = 20_000
LINE_LIMIT = 200
TOPIC_LIMIT = 60
CODE_LIMIT = 50
"""What the index of entries holds of a template's code."""
MOST_QUESTIONS = 20
MOST_OPTIONS = 30
MOST_MINUTES = 60 * 1000
"""More than all practice hours of a cycle (NMC: 900 for a nurse who is a midwife as well)."""
MOST_HOURS = 1000
TEMPLATES = vocabulary("templates", PACKAGE)
LABELS = [cast("str", _l(entry["label"])) for entry in TEMPLATES.values()]


class AnswerField(fields.Field[Answer]):
    """A text, or a list of codes."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Answer:
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, str) for part in parts):
            raise ValidationError(_("An answer is a text or a list of choices"))
        if sum(len(part) for part in parts) > ANSWER_LIMIT:
            raise ValidationError(_("An answer must be 20,000 characters or fewer"))
        return cast("Answer", value)


def _codes(scheme: str) -> fields.List[str]:
    return fields.List(fields.String(validate=validate.OneOf(list(codes(scheme)))), load_default=list)


class AboutSchema(Schema):
    """What is known about the event of a note, and what it counts as."""

    date = fields.Date(allow_none=True, load_default=None)
    minutes = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, MOST_MINUTES))
    participatory_minutes = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, MOST_MINUTES))
    importance = fields.Integer(strict=True, allow_none=True, load_default=None, validate=validate.Range(1, 3))
    types = _codes("types")
    domains = _codes("domains")
    categories = _codes("categories")
    themes = _codes("themes")
    topics = fields.List(
        fields.String(validate=validate.Length(1, TOPIC_LIMIT)),
        load_default=list,
        validate=validate.Length(max=MOST_TOPICS),
    )

    @validates_schema(skip_on_field_errors=True)
    def fits_together(self, data: dict[str, Any], **_options: Any) -> None:
        """Time with others is a part of the time."""
        if data["participatory_minutes"] > data["minutes"]:
            raise ValidationError(_("Time with others cannot be more than all of the time"), "participatory_minutes")


class AskedSchema(Schema):
    """A question of an own template, as it was when the note was written."""

    id = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,29}\Z"))
    prompt = fields.String(required=True, validate=validate.Length(1, LINE_LIMIT))
    ask = fields.String(required=True, validate=validate.Length(1, LINE_LIMIT))
    help = fields.String(load_default="", validate=validate.Length(max=LINE_LIMIT))
    required = fields.Boolean(load_default=False)
    type = fields.String(load_default="text", validate=validate.OneOf(list(vocabulary("field_types", PACKAGE))))
    options = fields.Dict(
        keys=fields.String(validate=validate.Length(1, LINE_LIMIT)),
        values=fields.String(validate=validate.Length(1, LINE_LIMIT)),
        load_default=dict,
        validate=validate.Length(max=MOST_OPTIONS),
    )


class LabelSchema(Schema):
    """The name of an own template and the line under it."""

    label = fields.String(
        required=True, validate=validate.Length(1, 80, error=cast("str", _l("Enter a name of at most 80 characters")))
    )
    about = fields.String(
        load_default="", validate=validate.Length(max=LINE_LIMIT, error=cast("str", _l("Use at most 200 characters")))
    )


_WRONG = {
    "ask": _l("Enter a question of at most 200 characters"),
    "help": _l("Use at most 200 characters"),
    "options": _l("Enter at most 30 choices of at most 200 characters"),
}


def check_asked(question: Mapping[str, Any], number: int) -> list[tuple[str, str]]:
    """What is wrong with the question that stands at a place of an own template, as (field, what to do)."""
    try:
        AskedSchema().load(question)
    except ValidationError as error:
        # `prompt` has no field of its own in the form: it says what `ask` says.
        return [
            (field, str(_WRONG.get(field, _("Choose from the list"))))
            for field in error.messages_dict
            if field != "prompt"
        ]
    problems = []
    if number == 0 and (question["type"] != "text" or not question["required"]):
        problems.append(("type", _("The first question asks for a text that must be answered: it gives the title")))
    if question["type"] in {"choice", "choices"} and not question["options"]:
        problems.append(("options", _("Enter the choices, one on each line")))
    return problems


class OtherSchema(Schema):
    """An answer that has no place in the template that the note has now, with the question that it was given to."""

    template = fields.String(required=True)
    id = fields.String(required=True)
    prompt = fields.String(required=True)
    answer = AnswerField(required=True)


def read_others(value: object) -> list[dict[str, Any]]:
    """Answers without a place, out of JSON values. Raises ValidationError for anything else.

    JSON can say NUL and halves of letters, which no database text may hold.
    """
    found = cast("list[dict[str, Any]]", OtherSchema(many=True).load(cast("Any", value)))
    words = "".join("".join(part) for entry in found for part in entry.values())
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in words):
        raise ValidationError(_("An answer is a text or a list of choices"))
    return found


class NoteSchema(Schema):
    """The body of a note, version 3.

    `answers` by the question's id; `asked` the questions of an own template as they were; `other` the answers that an
    earlier template of the note asked for; `about` the event's facts and what the note counts as.
    """

    template = fields.String(load_default=DEFAULT, validate=validate.Length(max=CODE_LIMIT))
    template_version = fields.Integer(load_default=1, strict=True)
    answers = fields.Dict(keys=fields.String(), values=AnswerField(), required=True)
    asked = fields.List(fields.Nested(AskedSchema), load_default=list, validate=validate.Length(max=MOST_QUESTIONS))
    other = fields.List(fields.Nested(OtherSchema), load_default=list, validate=validate.Length(max=100))
    about = fields.Nested(AboutSchema, load_default=no_facts)

    @validates_schema(skip_on_field_errors=True)
    def fits_template(self, data: dict[str, Any], **_options: Any) -> None:
        """Answers belong to questions of the template, are of their type, and those that must be answered are."""
        questions = _questions(data)
        unknown = data["answers"].keys() - {question.id for question in questions}
        if unknown:
            raise ValidationError(_("There are answers to questions that were not asked"), "answers")
        for number, question in enumerate(questions):
            answer = data["answers"].get(question.id, "")
            if question.required and not (answer if isinstance(answer, list) else answer.strip()):
                say = _("Say what you learnt") if number == 0 else _("Answer “%(ask)s”", ask=_(question.ask))
                raise ValidationError(say, question.id)
            if answer and (problem := problem_with(question, answer)):
                raise ValidationError(problem, question.id)


def _questions(data: Mapping[str, Any]) -> tuple[Question, ...]:
    code, version = data["template"], data["template_version"]
    if code.startswith(OWN) and data["asked"]:
        return own(code, version, "", "", data["asked"]).questions
    template = templates().get((code, version))
    if template is None or data["asked"]:
        raise ValidationError(_("These questions are not known here. Choose others"), "template")
    return template.questions


def problem_with(question: Question, answer: Answer) -> str:
    """Why an answer does not fit the type of its question, in words that say what to do; empty where it does."""
    if question.several != isinstance(answer, list):
        return _("Choose from the list")
    if question.choices:
        given = answer if isinstance(answer, list) else [answer]
        return "" if set(given) <= question.choices.keys() else _("Choose from the list")
    check = _CHECKS.get(question.type)
    return check(str(answer)) if check else ""


def _line(answer: str) -> str:
    return "" if len(answer) <= LINE_LIMIT else _("This must be 200 characters or fewer")


def _day(answer: str) -> str:
    """Only as forms keep a day: the standard library reads 20261204 and 2026-W49-5 as well."""
    try:
        fits = date.fromisoformat(answer).isoformat() == answer
    except ValueError:
        fits = False
    return "" if fits else _("Enter a real date, for example 4 12 2026")


def _hours(answer: str) -> str:
    try:
        fits = 0 <= float(answer) <= MOST_HOURS
    except ValueError:
        fits = False
    return "" if fits else _("Enter hours as a number, for example 1.5")


_CHECKS = {"short_text": _line, "date": _day, "hours": _hours}


class AsideSchema(Schema):
    """The body of what somebody keeps for themselves beside a note."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=ANSWER_LIMIT))


class SettingsSchema(Schema):
    """What a practice chooses for Reflect."""

    template = fields.String(
        load_default=DEFAULT,
        validate=validate.OneOf(list(TEMPLATES), LABELS),
        metadata={
            "label": _l("Questions to ask"),
            "description": _l("Notes that are there already keep the questions they were written with."),
        },
    )
