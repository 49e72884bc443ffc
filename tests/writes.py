"""Who may send which form, and what is in it: every address that takes one. Holds no tests."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.models import Action, Comment, Exposure
from layers_core.practices.models import Person, PublicLink
from layers_patient_input.catalogue import own_id
from layers_patient_input.months import service as months
from layers_patient_input.months.reading import counted_in
from layers_patient_input.months.rules import Month
from layers_patient_input.own_forms import reading as forms_reading
from layers_patient_input.own_forms import service as forms
from layers_reflect.models import OwnTemplate
from layers_webshell.accounts.models import ApiToken
from layers_webshell.own_device import owner_mark

STRANGERS = ("anonymous", "former", "evaluator", "operator", "neighbour", "outsider")
"""Who may change nothing at the practice of the table."""
HOME = "manor"
ANSWERS = {"what": "Changed", "so_what": "", "now_what": ""}
PASSWORD = "correct horse battery staple"
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Write:
    """Who may send a form and what is in it. `data` and `keys` may be functions of the world.

    `keys` are the arguments of the address: names of things, or other keys. `colleagues` belong to the practice and
    may not either. `elsewhere` says that others may do the same at their own practice, with things of their own.
    """

    right: str
    data: Values | Callable[[Any], Values] = field(default_factory=dict)
    keys: Callable[[Any], Values] = lambda marked: {}
    colleagues: tuple[str, ...] = ()
    strangers: tuple[str, ...] = STRANGERS
    elsewhere: bool = False
    json: bool = False


def thing(name: str) -> Callable[[Any], Values]:
    """The address of a thing."""
    return lambda marked: {"thing_id": marked.things[name], "artefact_id": marked.things[name]}


def key(argument: str, number: int = 0) -> Callable[[Any], Values]:
    """One of the keys that the world keeps."""
    return lambda marked: {argument: marked.keys[argument][number]}


def row(argument: str, column: Any, *conditions: Callable[[Any], Any]) -> Callable[[Any], Values]:
    """The key of a row."""

    def find(marked: Any) -> Values:
        with marked.site.database.read() as session:
            wanted = [condition(marked) for condition in conditions]
            return {argument: session.scalars(select(column).where(*wanted).order_by(column)).first()}

    return find


def version(marked: Any) -> str:
    """The mix's version now."""
    return str(marked.site.world.actor("manager").practice.mix.version)


def link(marked: Any) -> Values:
    """The practice's way in for patients."""
    with marked.site.database.read() as session:
        home = marked.site.world.practices[HOME]
        token = session.scalars(
            select(PublicLink.token).where(
                PublicLink.practice_id == home, PublicLink.form == "fft", PublicLink.withdrawn_at.is_(None)
            )
        ).one()
    return {"token": token, "do": "renew"}


def figures(marked: Any) -> Values:
    """What the practice would send for the month."""
    with marked.site.database.read() as session:
        home = marked.site.world.practices[HOME]
        return {"figures": months.mark(counted_in(session, home, Month.read(marked.keys["month"][0])))}


def showing(marked: Any) -> Values:
    """An answer to the showing that is due."""
    with marked.site.database.read() as session:
        reviews = session.scalars(select(Exposure.reviews).where(Exposure.id == marked.keys["exposure_id"][0])).one()
    return {"answer": "still_true", "showing": str(reviews)}


def file_of(name: str) -> Callable[[Any], Values]:
    """The keys of a thing and of its file."""
    return lambda m: {
        **thing(name)(m),
        **row("attachment_id", Attachment.id, lambda m: Attachment.artefact_id == m.things[name])(m),
    }


def today() -> Values:
    """The date of cards."""
    day = today_in("Europe/London")
    return {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}


def entry(**changes: str) -> Values:
    """An entry for the public page."""
    parts = {"theme": "Letters", "you_said": "Small", "we_learned": "Print", "we_did": "Larger"}
    return {**parts, "change": "made", **changes}


def five_accounts(marked: Any) -> Values:
    """Five accounts, and the registrant who may read them."""
    with marked.site.database.read() as session:
        email = session.get_one(Person, marked.site.world.people["neighbour"]).email
    accounts = [str(marked.things[f"account{letter}"]) for letter in "abcde"]
    return {"accounts": accounts, "email": email, "days": "7", "client_key": "discussion"}


def own_template(role: str) -> Callable[[Any], Values]:
    """The address of the questions that somebody made for themselves."""
    return row("template_id", OwnTemplate.id, lambda m: OwnTemplate.person_id == m.site.world.people[role])


def linked_template(marked: Any) -> Values:
    """What the link of the nurse's questions brings along."""
    signer = URLSafeSerializer(marked.site.app.secret_key, salt="layers.reflect.template")
    return {"link": signer.dumps(own_template("nurse")(marked)["template_id"].hex)}


def form_base(marked: Any) -> str:
    """What the page of a form holds, so that nobody undoes what somebody else changed."""
    practice, form_id = marked.site.world.practices[HOME], own_id(marked.keys["form_code"][0])
    with marked.site.database.read() as session:
        return forms.fingerprint(forms_reading.find(session, practice, form_id).source)


QUESTIONS = {"label": "L", "questions": "1", "q0-id": "q1", "q0-ask": "A", "q0-type": "text", "q0-required": "yes"}
BUILT = {"title": "Form", "questions": "1", "q0-id": "q1", "q0-kind": "short", "q0-ask": "Why?", "client_key": "built"}
QUESTIONNAIRE = '{"resourceType": "Questionnaire", "item": [{"linkId": "1", "type": "string", "text": "Why?"}]}'
DECIDERS_ONLY = ("nurse", "gp")
OTHERS = ("gp", "manager")
SOURCE = {
    "guideline": "G",
    "source_name": "S",
    "licence": "L",
    "dated-day": "1",
    "dated-month": "1",
    "dated-year": "2026",
}
EVERYBODY_ELSE = (*STRANGERS, "gp", "manager")
FEED = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Brought</title><id>urn:x:1</id>'
    b"<updated>2026-01-01T00:00:00Z</updated></entry></feed>"
)
NOTE = {"kind": "reflect.note", "audience": "practice", **ANSWERS}

WRITES: dict[str, Write] = {
    "follow.comment": Write("nurse", {"comment": "Hello"}, thing("private"), OTHERS),
    "follow.withdraw_comment": Write(
        "nurse",
        keys=lambda marked: {
            **thing("group")(marked),
            **row("comment_id", Comment.id, lambda m: Comment.artefact_id == m.things["group"])(marked),
        },
        colleagues=OTHERS,
    ),
    "follow.connect": Write("nurse", lambda m: {"other": m.things["private"]}, thing("practice"), OTHERS),
    "files.add": Write("nurse", lambda m: {"files": (io.BytesIO(b"Text"), "a.txt")}, thing("private"), OTHERS),
    "files.describe": Write("nurse", {"description": "A board"}, file_of("private"), OTHERS),
    "files.remove": Write("nurse", {}, file_of("cluster"), OTHERS),
    "follow.promise": Write("nurse", {"promise": "I will"}, thing("private"), OTHERS),
    "follow.close": Write(
        "nurse",
        {"outcome": "adopt", "what_happened": "Done"},
        row(
            "action_id",
            Action.id,
            lambda m: Action.artefact_id == m.things["network"],
            lambda m: Action.closed_at.is_(None),
        ),
        OTHERS,
    ),
    "follow.change_audience": Write("nurse", {"audience": "me"}, thing("shared copy"), OTHERS),
    "follow.withdraw": Write("nurse", {}, thing("cluster"), OTHERS),
    "follow.restore": Write("nurse", {}, thing("withdrawn"), OTHERS),
    "follow.move": Write(
        "nurse",
        {"due-day": "1", "due-month": "2", "due-year": "2027", "reason": "Later"},
        row(
            "action_id",
            Action.id,
            lambda m: Action.artefact_id == m.things["cluster"],
            lambda m: Action.closed_at.is_(None),
        ),
        OTHERS,
    ),
    "promises.keep": Write(
        "nurse",
        lambda m: {"promise": "They will", "owner": str(m.site.world.people["nurse"])},
        thing("private"),
        OTHERS,
    ),
    "slot.save": Write(
        "nurse", {"weekday": "3", "starts": "13:30", "minutes": "20", "mail": "digest"}, strangers=("anonymous",)
    ),
    "slot.make_feed": Write("nurse", {}, strangers=("anonymous",)),
    "slot.stop_feed": Write("nurse", {}, strangers=("anonymous",)),
    "again.answer": Write("nurse", showing, key("exposure_id"), OTHERS),
    "record.save": Write("nurse", NOTE, elsewhere=True),
    "drafts.keep": Write("nurse", {"draft_form": "record:x", "client_key": "k", "what": "Begun"}, elsewhere=True),
    "drafts.drop": Write("nurse", {}, key("draft_id"), strangers=EVERYBODY_ELSE),
    "outbox.take": Write(
        "nurse", lambda m: {**NOTE, "owner": owner_mark(m.site.world.people["nurse"])}, elsewhere=True
    ),
    "outbox.not_mine": Write("nurse", {}, strangers=("anonymous",)),
    "core.save": Write("nurse", {"text": "Changed", "revision": "1"}, thing("plain"), OTHERS),
    "reflect.export": Write(
        "nurse", lambda m: {"format": "csv", "entries": [str(m.things["private"])]}, elsewhere=True
    ),
    "reflect.export_again": Write("nurse", {}, key("export_id", 1), OTHERS),
    "reflect.export_delete": Write("nurse", {}, key("export_id"), OTHERS),
    "reflect.write_over": Write(
        "nurse",
        lambda m: {"do": "save", "entries": [str(m.things["private"])], "what": "Over it", "client_key": "over"},
        colleagues=OTHERS,
    ),
    "reflect.gather_into": Write(
        "nurse", lambda m: {"title": "E", "entries": [str(m.things["private"])], "client_key": "gather"}, elsewhere=True
    ),
    "reflect.change_episode": Write(
        "nurse", lambda m: {"do": f"down:{m.things['private']}", "revision": "2"}, key("episode_id"), OTHERS
    ),
    "reflect.keep_episode_reflection": Write("nurse", {"what": "From it"}, key("episode_id"), OTHERS),
    "reflect.bring": Write("nurse", lambda m: {"file": (io.BytesIO(FEED), "feed.xml")}, elsewhere=True),
    "reflect.keep_entry": Write(
        "nurse", {"template": "quick_note", "what": "New", "client_key": "new"}, elsewhere=True
    ),
    "reflect.save": Write("nurse", {**ANSWERS, "revision": "2"}, thing("practice"), OTHERS),
    "reflect.save_profile": Write("nurse", {"professions": "nurse", "month": "5"}, elsewhere=True),
    "reflect.make_template": Write("nurse", QUESTIONS, elsewhere=True),
    "reflect.change_template": Write("nurse", {**QUESTIONS, "base": "1"}, own_template("nurse"), OTHERS),
    "reflect.copy_template": Write("gp", linked_template, elsewhere=True),
    "reflect.switch_template": Write("nurse", {"on": ""}, own_template("nurse"), OTHERS),
    "reflect.change_mail": Write("nurse", {"do": "withdraw"}, elsewhere=True),
    "reflect.save_nmc_checklist": Write(
        "nurse", {"revision": "1", "row1-hours": "12", "client_key": "checklist"}, elsewhere=True
    ),
    "reflect.nmc_discussion_open": Write("nurse", five_accounts, elsewhere=True),
    "reflect.nmc_discussion_end": Write("nurse", {}, key("discussion_id"), OTHERS),
    "guidelines.save_typed": Write(
        "manager", {**SOURCE, "text": "Do this", "step": "save"}, colleagues=DECIDERS_ONLY, elsewhere=True
    ),
    "guidelines.save_correction": Write(
        "manager", {"text": "Better", "revision": "1"}, thing("undecided"), DECIDERS_ONLY
    ),
    "guidelines.save_decision": Write("gp", {"decision": "adopt", "reason": "Good"}, thing("undecided")),
    "guidelines.save_imported": Write("manager", {"step": "drop"}, colleagues=DECIDERS_ONLY, elsewhere=True),
    "guidelines.upload": Write(
        "manager", lambda m: {"files": (io.BytesIO(b"{}"), "a.json")}, colleagues=DECIDERS_ONLY, elsewhere=True
    ),
    "peer_share.save": Write("nurse", {"need": "More", "revision": "1"}, thing("question"), OTHERS),
    "peer_share.close": Write("nurse", {"outcome": "helped"}, thing("question"), OTHERS),
    "peer_share.reopen": Write("nurse", {}, thing("question"), OTHERS),
    "peer_share.respond": Write("gp", {"type": "used"}, thing("practice"), ("nurse",)),
    "peer_share.take_back": Write("gp", {"type": "useful"}, thing("practice"), ("nurse",)),
    "peer_share.seen": Write("nurse", {}, thing("network"), OTHERS),
    "patient_input.decide": Write("manager", {"do": "as_is"}, key("answer_id"), DECIDERS_ONLY),
    "patient_input.translate": Write("manager", {"translation-0": "Translated"}, thing("answer"), DECIDERS_ONLY),
    "patient_input.make_theme": Write("nurse", {"title": "Theme"}, elsewhere=True),
    "patient_input.sort_answers": Write(
        "nurse", lambda m: {"take_out": str(m.things["answer"])}, thing("theme of answers")
    ),
    "patient_input.save_theme": Write("nurse", {"title": "Other", "revision": "1"}, thing("theme of answers")),
    "patient_input.publish_entry": Write("manager", entry(), colleagues=DECIDERS_ONLY, elsewhere=True),
    "patient_input.save_entry": Write("manager", entry(revision="1"), thing("hidden"), DECIDERS_ONLY),
    "patient_input.save_reply": Write("manager", {"change": "made", "text": "Thanks"}, thing("answer"), DECIDERS_ONLY),
    "patient_input.show_tip": Write("manager", {"text": "Ring early"}, thing("tip"), DECIDERS_ONLY),
    "patient_input.show_entry": Write("manager", {"shown": "yes"}, thing("hidden"), DECIDERS_ONLY),
    "patient_input.make_form": Write("manager", BUILT, colleagues=DECIDERS_ONLY, elsewhere=True),
    "patient_input.save_form": Write(
        "manager", lambda m: {**BUILT, "base": form_base(m)}, key("form_code"), DECIDERS_ONLY
    ),
    "patient_input.save_translation": Write(
        "manager",
        lambda m: {"t0": "Formularz", "base": form_base(m)},
        lambda m: {"form_code": m.keys["form_code"][0], "language_code": "pl"},
        DECIDERS_ONLY,
    ),
    "patient_input.keep_brought": Write(
        "manager", {"json": QUESTIONNAIRE, "do": "keep"}, colleagues=DECIDERS_ONLY, elsewhere=True
    ),
    "patient_input.form_state": Write("manager", {"do": "open"}, key("form_code"), DECIDERS_ONLY),
    "patient_input.copy_form": Write("manager", {"client_key": "copy"}, key("form_code"), DECIDERS_ONLY),
    "patient_input.change_ways_in": Write("manager", link, colleagues=DECIDERS_ONLY),
    "patient_input.take_out": Write("nurse", lambda m: {"answer": str(m.keys["typed"][0])}, colleagues=("gp",)),
    "patient_input.keep_cards": Write(
        "nurse", lambda m: {"score-0": "good", "text-0": "Card", "key-0": "card", **today()}, elsewhere=True
    ),
    "patient_input.keep_call": Write("nurse", {"score": "good", "client_key": "call"}, elsewhere=True),
    "patient_input.fft_sent": Write("manager", figures, key("month"), DECIDERS_ONLY),
    "patient_input.import_bring": Write(
        "manager",
        lambda m: {"file": (io.BytesIO(b"Date,Answer\n14/03/2026,Good\n"), "a.csv")},
        colleagues=DECIDERS_ONLY,
        elsewhere=True,
    ),
    "patient_input.import_begin": Write("manager", {"do": "look", "method": "kiosk"}, key("import_id"), DECIDERS_ONLY),
    "patient_input.import_go_on": Write("manager", {}, key("import_id", 2), DECIDERS_ONLY),
    "patient_input.import_stop": Write("manager", {}, key("import_id", 3), DECIDERS_ONLY),
    "patient_input.import_undo": Write("manager", {}, key("import_id", 1), DECIDERS_ONLY),
    "patient_input.change_care": Write(
        "nurse", lambda m: {"do": "end", "round": str(m.keys["round_id"][0])}, colleagues=OTHERS
    ),
    "people.invite": Write(
        "manager",
        {"name": "New", "email": "new@example.org", "profession": "gp"},
        colleagues=DECIDERS_ONLY,
        elsewhere=True,
    ),
    "people.withdraw_invitation": Write("manager", {}, key("invitation_id"), DECIDERS_ONLY),
    "people.change": Write(
        "manager",
        {"profession": "pharmacist", "roles": "lead"},
        lambda m: {"person_id": m.site.world.people["receptionist"]},
        DECIDERS_ONLY,
    ),
    "people.end": Write("manager", {}, lambda m: {"person_id": m.site.world.people["receptionist"]}, DECIDERS_ONLY),
    "mix.save_suggestion": Write("nurse", {"text": "Try it"}, elsewhere=True),
    "mix.support": Write("nurse", {}, key("proposal_id")),
    "mix.settle": Write("manager", {"decision": "decline", "reason": "No"}, key("proposal_id"), DECIDERS_ONLY),
    "mix.save_answer": Write(
        "manager", {"answer": "It helps", "audience": "practice"}, lambda m: {"slug": "peer_share"}, DECIDERS_ONLY
    ),
    "mix.save_change": Write(
        "manager",
        lambda m: {"state": "off", "reason": "Enough", "expected": version(m)},
        lambda m: {"slug": "peer_share"},
        DECIDERS_ONLY,
        elsewhere=True,
    ),
    "mix.save_roll_back": Write(
        "manager",
        lambda m: {"reason": "Again", "expected": version(m)},
        lambda m: {"version": 4},
        DECIDERS_ONLY,
        elsewhere=True,
    ),
    "tokens.make": Write("nurse", {"name": "Mine", "days": "30"}, strangers=("anonymous",)),
    "my_use.decide": Write("nurse", {"evaluation": "yes"}, strangers=("anonymous",)),
    "accounts.drop_kept_form": Write("nurse", {}, key("kept_id"), strangers=EVERYBODY_ELSE),
    "api.Artefacts": Write(
        "gp",
        {"kind": "core.note", "title": "By API", "body": {"text": "By API"}, "audience": "practice"},
        json=True,
        elsewhere=True,
    ),
    "api.artefact_links": Write(
        "nurse",
        lambda m: {"type": "evidence_for", "to": str(m.things["narrowed"])},
        thing("practice"),
        ("gp", "manager"),
        json=True,
    ),
    "tokens.withdraw": Write(
        "nurse",
        {},
        row("token_id", ApiToken.id, lambda m: ApiToken.person_id == m.site.world.people["nurse"]),
        strangers=EVERYBODY_ELSE,
    ),
}
"""What is sent to each endpoint that people who are signed in may send to, in this order."""
