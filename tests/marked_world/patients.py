"""What patients said, in a marked world. Holds no tests."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from layers_core.artefacts import followup, reading
from layers_core.aside import service as aside
from layers_core.contract import GuardAnswer, PluginChoice, PracticeView
from layers_core.db.base import now
from layers_core.forms.model import Value
from layers_core.practices import access, mix
from layers_core.practices.models import PublicLink
from layers_patient_input import responses
from layers_patient_input import service as patients
from layers_patient_input.care import service as care
from layers_patient_input.catalogue import built_in
from layers_patient_input.entering import service as entering
from layers_patient_input.entering.service import Entry
from layers_patient_input.importing import job as imports_job
from layers_patient_input.importing import reading as imports_reading
from layers_patient_input.importing import service as importing
from layers_patient_input.loop.service import replies, tips
from layers_patient_input.models import Answer
from layers_patient_input.months.rules import Month
from layers_patient_input.themes import service as themes

from .words import MANOR, MODERATOR, NOBODY, ROLES, WRITER, Marked


def answers(marked: Marked) -> None:
    """Answers that wait, were kept back, released, and released in other words; entries shown and not shown."""
    world = marked.site.world
    artefacts, manager = world.artefacts, world.actor("manager")
    with world.database.read() as session:
        practice = access.find_practice(session, world.host, slug="manor")
        link = session.scalars(select(PublicLink).where(PublicLink.practice_id == practice.id)).first()

    def answer(name: str, roles: frozenset[str]) -> UUID:
        given = patients.fft_answer(practice, "poor", marked.word(name, roles))
        marked.receipts[name] = patients.take_answer(artefacts, practice, link, name, given)
        with world.database.read() as session:
            return session.scalars(select(Answer.id).order_by(Answer.id.desc())).first()

    waiting, kept = answer("waiting", MODERATOR), answer("keptback", MODERATOR)
    patients.keep_back(artefacts, manager, kept, "identifies")
    released, edited = answer("released", MANOR), answer("unedited", NOBODY)
    decision = patients.Decision("as_is", translations={0: marked.word("translation", MANOR)})
    marked.thing("answer", patients.release(artefacts, manager, released, decision), MANOR)
    decision = patients.Decision("edited", {0: marked.word("edited", MANOR)})
    marked.thing("edited answer", patients.release(artefacts, manager, edited, decision), MANOR)
    for_heads = answer("forheads", MODERATOR)
    decision = patients.Decision("as_is", readers="heads")
    marked.thing("heads answer", patients.release(artefacts, manager, for_heads, decision), MODERATOR)
    words = [marked.word("themewords", MANOR)]
    theme = themes.make(
        artefacts, manager, marked.word("theme", MANOR), marked.word("themeabout", MANOR), words, GuardAnswer()
    )
    marked.thing("theme of answers", theme, MANOR)
    why = {marked.things["answer"]: marked.word("why", MANOR), marked.things["heads answer"]: ""}
    # Asked for anew: the group of those who may read the second answer is younger than the first actor.
    themes.gather(artefacts, world.actor("manager"), theme, why)
    marked.keys["answer_id"] = [waiting, kept, released]
    marked.keys["token"] = [link.token]

    def entry(name: str, roles: frozenset[str], readers: frozenset[str]) -> UUID:
        parts = ("theme", "you_said", "we_learned", "we_did")
        body = {part: marked.word(f"{name}{part.replace('_', '')}", roles) for part in parts}
        return marked.thing(name, patients.publish(artefacts, manager, body, GuardAnswer(), None).id, readers)

    entry("entry", frozenset(ROLES), MANOR)
    hidden = entry("hidden", MANOR, MANOR)
    with world.database.read() as session:
        thing = reading.get(session, world.host, manager, hidden)
    patients.show_entry(artefacts, manager, thing, shown=False)
    _told_to_one(marked, practice, link)

    typed = marked.word("typedcard", WRITER | MODERATOR)
    card = Entry("handwritten", "poor", typed, "en", followup.today_in(practice.time_zone))
    batch = UUID(int=7)
    key = entering.enter(artefacts, world.actor("nurse"), card, "typed card", batch)
    marked.keys["typed"], marked.allowed[str(key)] = [key], WRITER | MODERATOR

    # A card of last month, so that there is a month to send; and somebody asks about their own consultations.
    last_month = Month.of(now().date()).previous
    with artefacts.unit(access.public_actor(practice)) as unit:
        patients.keep(unit, patients.fft_answer(practice, "good"), patients.Source("handwritten", last_month.first))
    marked.keys["month"] = [str(last_month)]
    permission = {"care_permission": marked.word("permission", MANOR), "care_permission_on": "2026-03-02"}
    choice = PluginChoice("on", settings={"fft_public": True, **permission})
    mix.switch(artefacts, manager, "patient_input", choice, "To try", expected=manager.practice.mix.version)
    round_id = care.begin(artefacts, world.actor("nurse"))
    marked.keys["round_id"], marked.allowed[str(round_id)] = [round_id], WRITER


def _told_to_one(marked: Marked, practice: PracticeView, link: PublicLink) -> None:
    """A reply to an answer, and a tip that its patient let others read: in public it has words of its own."""
    artefacts, manager = marked.site.world.artefacts, marked.site.world.actor("manager")
    form = built_in("tip", {})
    said = [Value("String", marked.word("tip", MANOR))]
    given = {"kind": [form.item("kind").options[0].value], "tip": said, "share": [Value("Boolean", True)]}
    items = responses.made(form, "en", given)
    patients.take_answer(artefacts, practice, link, "tip", patients.Given(form, "en", items))
    with marked.site.world.database.read() as session:
        waiting = session.scalars(select(Answer.id).order_by(Answer.id.desc())).first()
    key = marked.thing("tip", patients.release(artefacts, manager, waiting, patients.Decision("as_is")), MANOR)
    with marked.site.world.database.read() as session:
        things = reading.get_many(session, marked.site.world.host, manager, [key, marked.things["answer"]])
    tips.show_tip(artefacts, manager, things[key], marked.word("showntip", frozenset(ROLES)), GuardAnswer())
    written = replies.Written("made", marked.word("reply", MANOR))
    replies.reply(artefacts, manager, things[marked.things["answer"]], written, GuardAnswer())


def imports(marked: Marked) -> None:
    """Files of answers: one that somebody looks at, one that is in, one that failed, one that is being brought in."""
    world = marked.site.world
    artefacts, manager, passing = world.artefacts, world.actor("manager"), world.host.files.passing

    def brought(number: int, words: str, wrong: str) -> tuple[UUID, aside.Turn | None]:
        name = marked.word(f"importname{'abcd'[number]}", MODERATOR)
        table = f"Date,Answer,Comments\n14/03/2026,Good,{words}\n14/03/2026,{wrong},\n"
        import_id = importing.bring(artefacts, manager, io.BytesIO(table.encode()), f"{name}.csv").id
        with world.database.read() as session:
            view = imports_reading.import_of(session, manager.practice.id, passing, import_id)
            choices = replace(view.choices, method="sms", same="no")
            looked = imports_reading.look(session, manager.practice, passing, view, choices)
        return import_id, importing.begin(artefacts, manager, import_id, looked) if number else None

    for number in range(4):
        # Rows are shown before they are brought in, and afterwards where they wait or were wrong.
        words, wrong = (
            marked.word(f"import{what}{'ab'[number]}", MODERATOR) if number < 2 else f"{what} {number}"
            for what in ("words", "wrong")
        )
        import_id, turn = brought(number, words, wrong)
        marked.keys.setdefault("import_id", []).append(import_id)
        marked.allowed[str(import_id)] = MODERATOR
        if number == 1:
            imports_job.run(artefacts, manager, turn, lambda done: None)
        elif number == 2:
            aside.end(world.database, turn, "failed")
