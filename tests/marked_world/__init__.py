"""A world in which every text holds a word of its own, with a note of who may meet that word. Holds no tests.

A word begins with `zq`, so that a search for "zq" finds everything that its reader may find.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from layers_core.artefacts import reading
from layers_core.artefacts.attachments import prepare
from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.models import Action, Exposure, Revision
from layers_core.artefacts.models import Draft as Begun
from layers_core.aside import service as aside
from layers_core.contract import Draft, GuardAnswer, NewLink, PluginChoice, Promise
from layers_core.db.base import now
from layers_core.practices import mix, proposals, service, trials
from layers_core.practices.models import Person
from layers_core.reminding import feeds, slots, stopping
from layers_guidelines import service as guidelines
from layers_guidelines.models import Edition
from layers_peer_share import service as peers
from layers_reflect.episodes import service as episodes
from layers_reflect.episodes.arranging import new_group
from layers_reflect.mail import service as mail
from layers_reflect.models import OwnTemplate
from layers_reflect.nmc import service as nmc
from layers_reflect.nmc.models import DiscussedAccount
from layers_reflect.own import service as own_questions
from layers_reflect.own.service import Content
from layers_reflect.portfolio.preparing import service as exports
from layers_reflect.prompts import Question
from layers_reflect.writing import ONLY_FOR_ME
from layers_webshell.accounts import service as accounts
from layers_webshell.accounts.models import Invitation, KeptForm
from layers_webshell.testworld import STUDY

from . import own_forms as marked_forms
from . import patients as marked_patients
from .words import CLUSTER, MANOR, MODERATOR, NETWORK, NOBODY, PAGE, WRITER, Marked


def note(words: str, more: str = "") -> dict[str, Any]:
    """The body of a reflection."""
    return {"template": "what_so_what_now_what", "template_version": 1, "answers": {"what": words, "so_what": more}}


def fill(site: Any) -> Marked:
    """Write into the small world what the matrix looks for."""
    marked = Marked(site)
    _notes(marked)
    _changed(marked)
    _counted(marked)
    _elsewhere(marked)
    _guidelines(marked)
    _shared(marked)
    marked_patients.answers(marked)
    marked_patients.imports(marked)
    marked_forms.forms(marked)
    _mix(marked)
    _accounts(marked)
    _files(marked)
    _own_questions(marked)
    _fillers(marked)
    _reminding(marked)
    _discussion(marked)
    _checklist(marked)
    _episode(marked)
    _mail(marked)
    _exports(marked)
    for name, (audience, roles) in _audiences(marked).items():
        title = marked.word(f"late{name}", roles)
        site.save("nurse", Draft("reflect.note", title, note(title), audience))
    with site.database.read() as session:
        marked.keys["action_id"] = list(session.scalars(select(Action.id)))
        marked.keys["exposure_id"] = list(session.scalars(select(Exposure.id).limit(2)))
        marked.keys["template_id"] = list(session.scalars(select(OwnTemplate.id)))
        marked.keys["edition_id"] = list(session.scalars(select(Edition.id)))
    marked.keys["person_id"] = [site.world.people[role] for role in ("gp", "former", "neighbour")]
    marked.keys["slug"] = list(site.world.host.plugins)
    marked.keys["version"] = [0, 2]
    marked.keys["study"] = [STUDY]
    return marked


def _audiences(marked: Marked) -> dict[str, tuple[str, frozenset[str]]]:
    world = marked.site.world
    return {
        "private": ("me", WRITER),
        "group": (f"people:{world.people['gp']}", WRITER | {"gp"}),
        "practice": ("practice", MANOR),
        "cluster": (f"cluster:{world.cluster_id}", CLUSTER),
        "network": ("network", NETWORK),
    }


def _notes(marked: Marked) -> None:
    """A note for each audience: title, body, an older state, a promise open and one closed, a comment, a link."""
    site, world = marked.site, marked.site.world
    artefacts = world.artefacts
    before: UUID | None = None
    for name, (audience, roles) in _audiences(marked).items():

        def word(part: str, name: str = name, roles: frozenset[str] = roles) -> str:
            return marked.word(f"{name}{part}", roles)

        aside = marked.word(f"{name}aside", WRITER)
        draft = Draft(
            "reflect.note",
            word("oldtitle"),
            note(word("oldbody")),
            audience,
            promise=Promise(word("promise"), date(2026, 12, 1)),
            links=(NewLink("evidence_for", before),) if before else (),
            extras={ONLY_FOR_ME: aside},
        )
        key = marked.thing(name, site.save("nurse", draft), roles)
        # As of now: the first thing for a group makes its audience.
        nurse = world.actor("nurse")
        artefacts.revise(nurse, key, replace(draft, title=word("title"), body=note(word("body")), extras={}), 1)
        artefacts.comment(nurse, key, word("comment"), GuardAnswer())
        closed = artefacts.promise(nurse, key, Promise(word("kept")), GuardAnswer())
        artefacts.close_action(nurse, closed, "adapt", word("happened"), GuardAnswer())
        before = key
    with site.database.write() as session:
        session.execute(update(Exposure).values(due_at=now() - timedelta(days=1)))


def _changed(marked: Marked) -> None:
    """Things whose readers have changed: shared later, wider or narrower now, out of sight."""
    site, world = marked.site, marked.site.world
    artefacts, nurse, gp = world.artefacts, world.actor("nurse"), world.actor("gp")

    plain = marked.word("plain", MANOR)
    marked.thing("plain", site.save("nurse", Draft("core.note", plain, {"text": plain}, "practice")), MANOR)

    title, body = marked.word("sharedtitle", MANOR), marked.word("sharedbody", MANOR)
    first = Draft("reflect.note", marked.word("unsharedtitle", WRITER), note(marked.word("unsharedbody", WRITER)))
    original = marked.thing("shared later", site.save("nurse", first), WRITER)
    artefacts.revise(nurse, original, replace(first, title=title, body=note(body)), 1)
    copy = artefacts.share_copy(nurse, original, "practice", GuardAnswer()).id
    marked.thing("shared copy", copy, MANOR)

    # Nothing in the service widens a thing in place, but what such a thing would have been before is nobody's either.
    first = Draft("reflect.note", marked.word("widenold", WRITER), note("Before"), "practice")
    wide = marked.thing("widened", site.save("nurse", first), MANOR)
    artefacts.revise(nurse, wide, replace(first, title=marked.word("widenew", MANOR)), 1)
    with site.database.write() as session:
        private = next(view.id for view in nurse.audiences if view.type == "person")
        session.execute(
            update(Revision).where(Revision.artefact_id == wide, Revision.number == 1).values(audience_id=private)
        )

    first = Draft(
        "reflect.note", marked.word("narrowtitle", WRITER), note(marked.word("narrowbody", WRITER)), "practice"
    )
    narrow = marked.thing("narrowed", site.save("nurse", first), WRITER | {"gp"})
    # Whoever promised or commented keeps their own words, and nothing else of the thing.
    own = WRITER | {"gp"}
    artefacts.promise(gp, narrow, Promise(marked.word("narrowpromise", own), date(2026, 12, 2)), GuardAnswer())
    artefacts.comment(gp, narrow, marked.word("narrowcomment", own), GuardAnswer())
    artefacts.narrow(nurse, narrow, "me")

    words = marked.word("gonetitle", WRITER)
    gone = marked.thing("withdrawn", site.save("nurse", Draft("reflect.note", words, note(words), "practice")), WRITER)
    artefacts.withdraw(nurse, gone)


def _counted(marked: Marked) -> None:
    """What a note counts as is its writer's alone, also where colleagues read its words or a copy of it."""
    site, nurse = marked.site, marked.site.world.actor("nurse")
    kept = {}
    for name, audience in (("shared", "practice"), ("copied", "me")):
        title = marked.word(f"counted{name}", MANOR)
        body = {**note(title), "about": {"topics": [marked.word(f"topic{name}", WRITER)]}}
        kept[audience] = site.save("nurse", Draft("reflect.note", title, body, audience))
    marked.thing("counted", kept["practice"], MANOR)
    site.world.artefacts.share_copy(nurse, marked.thing("copied", kept["me"], WRITER), "practice", GuardAnswer())


def _elsewhere(marked: Marked) -> None:
    """What others wrote: in other practices, and before they left."""
    site, world = marked.site, marked.site.world
    for role, name in (("neighbour", "riverside"), ("outsider", "hilltop")):
        title = marked.word(f"{name}title", frozenset({role}))
        key = site.save(role, Draft("reflect.note", title, note(title), "practice"))
        marked.thing(name, key, frozenset({role}))
    with site.database.write() as session:
        person = session.get_one(Person, world.people["former"])
        service.join(session, person, world.practices["manor"], "nurse", ())
    for name, audience, roles in (("private", "me", NOBODY), ("practice", "practice", MANOR)):
        title = marked.word(f"left{name}", roles | {"former"})
        key = site.save("former", Draft("reflect.note", title, note(title), audience))
        marked.thing(f"left {name}", key, roles | {"former"})
    with site.database.write() as session:
        service.leave(session, world.people["former"], world.practices["manor"])


def _guidelines(marked: Marked) -> None:
    """Recommendations, one with a decision and a promise; a file that waits to be looked at."""
    world = marked.site.world
    manager = world.actor("manager")
    source = guidelines.Source(
        marked.word("guideline", MANOR), "Example board", "", "Example licence", "1", date(2026, 1, 1)
    )
    texts = [(marked.word("recommendation", MANOR), marked.word("recommendationtext", MANOR))]
    filler = marked.word("fillerrecommendation", MANOR)
    texts += [(filler, f"{filler} {number}") for number in range(PAGE + 1)]
    drafts = [
        guidelines.by_hand(source, guidelines.Typed(guidelines.Pasted(title, text, text))) for title, text in texts
    ]
    added = guidelines.bring_in(world.artefacts, manager, drafts, GuardAnswer()).added
    recommendation = marked.thing("recommendation", added[0], MANOR)
    for number, key in enumerate(added[1:]):
        marked.allowed[str(key)] = MANOR
        if number == 0:
            marked.things["undecided"] = key
    with world.database.read() as session:
        thing = reading.get(session, world.host, manager, recommendation)
    choice = guidelines.Choice("adapt", marked.word("reason", MANOR), marked.word("wording", MANOR))
    promise = Promise(marked.word("decisionpromise", MANOR), date(2026, 12, 3))
    decision = guidelines.decide(
        world.artefacts, manager, thing, choice, prompted_by=marked.things["practice"], promise=promise
    )
    marked.thing("decision", decision.id, MANOR)
    guidelines.keep_uploads(world.artefacts, manager, [(f"{marked.word('upload', MODERATOR)}.json", b"{}")])


def _shared(marked: Marked) -> None:
    """A question to the cluster, what a reader did with a thing, what a trial found."""
    site, world = marked.site, marked.site.world
    need, tried = marked.word("need", CLUSTER), marked.word("tried", CLUSTER)
    draft = Draft("peer_share.question", need, {"need": need, "tried": tried}, f"cluster:{world.cluster_id}")
    marked.thing("question", site.save("nurse", draft), CLUSTER)
    line = marked.word("usedline", CLUSTER)
    peers.respond(world.artefacts, world.actor("neighbour"), marked.things["cluster"], "used", line)
    until = date.today() + timedelta(days=30)  # noqa: DTZ011 - any day to come
    asked = marked.word("trialquestion", MANOR | {"neighbour"})
    world.switch("manor", "peer_share", PluginChoice("trial", until=until, question=asked))
    found = trials.answer_trial(
        world.artefacts,
        world.actor("manager"),
        "peer_share",
        marked.word("trialanswer", CLUSTER),
        f"cluster:{world.cluster_id}",
        GuardAnswer(),
    )
    marked.thing("trial answer", found.id, CLUSTER)


def _mix(marked: Marked) -> None:
    """A suggestion, and why the practice decided."""
    world = marked.site.world
    proposal = proposals.propose(world.artefacts, world.actor("gp"), marked.word("suggestion", MANOR))
    marked.keys["proposal_id"] = [proposal]
    manager = world.actor("manager")
    choice = manager.practice.mix.choices["reflect"]
    reason = marked.word("mixreason", MANOR)
    mix.switch(world.artefacts, manager, "reflect", choice, reason, expected=manager.practice.mix.version)


def _accounts(marked: Marked) -> None:
    """An invitation, a form that a locked PC kept, a link to a new password."""
    world = marked.site.world
    with world.database.write() as session:
        offered = {"roles": (), "profession": "gp", "invited_by": world.people["manager"]}
        home = world.practices["manor"]
        accounts.invite(session, home, "secret@example.org", name=marked.word("invited", MODERATOR), **offered)
        # Whoever holds an invitation's link may read it, so this one's name is no secret.
        token = accounts.invite(session, home, "open@example.org", name="Ina Invited", **offered)
        kept = KeptForm(
            account_id=world.accounts["nurse"], path="/manor/record", fields={"what": [marked.word("keptform", WRITER)]}
        )
        begun = Begun(
            person_id=world.people["nurse"],
            practice_id=home,
            form="record:reflect.note open-form",
            fields={"what": [marked.word("begun", WRITER)]},
        )
        session.add_all([kept, begun])
        session.flush()
        marked.keys["draft_id"] = [begun.id]
        reset = accounts.start_reset(session, world.accounts["former"], None)
        marked.keys["kept_id"] = [kept.id]
        marked.keys["invitation_id"] = list(session.scalars(select(Invitation.id)))
    marked.keys["token"] += [token, reset]


def _reminding(marked: Marked) -> None:
    """A calendar under a secret address, and the link that stops a mail. Neither holds anybody's words."""
    world = marked.site.world
    nurse = world.people["nurse"]
    with world.database.write() as session:
        slots.choose(session, nurse, slots.SlotView(weekday=3, minutes=20, digest=True), now())
        marked.keys["feed_token"] = [feeds.renew(session, nurse, now())]
    key = marked.site.app.extensions["layers_settings"].secret_key
    marked.keys["stop_token"] = [stopping.token(key, nurse, "digest")]


def _mail(marked: Marked) -> None:
    """A secret address to which the nurse sends herself notes."""
    mail.renew(marked.site.world.artefacts, marked.site.world.actor("nurse"), marked.site.app.secret_key)


def _exports(marked: Marked) -> None:
    """A file that the nurse can fetch, and an export of hers that could not be written."""
    world = marked.site.world
    artefacts, nurse = world.artefacts, world.actor("nurse")
    marked.keys["export_id"] = []
    for shape in ("csv", "html"):
        begun = exports.begin(artefacts, nurse, exports.Wish(shape, [], False, {}, f"export {shape}"))
        marked.keys["export_id"].append(begun.id)
        if shape == "csv":
            with world.host.files.passing.writing(begun.order.run) as stream:
                stream.write(marked.word("exported", WRITER).encode())
            exports.finish(world.database, begun.order, 10)
        else:
            aside.end(world.database, begun.order.turn, "failed")


def _checklist(marked: Marked) -> None:
    """The nurse's NMC checklist."""
    body = {"indemnity": {"kind": "other", "provider": marked.word("provider", WRITER), "until": None}}
    marked.site.save("nurse", Draft("reflect.nmc_checklist", marked.word("checklist", WRITER), body))


def _discussion(marked: Marked) -> None:
    """Five accounts that a registrant elsewhere may read copies of, one more that they may not, and an ended one."""
    site, world = marked.site, marked.site.world
    partner = WRITER | {"outsider"}
    keys = []
    for number, roles in (*((f"account{letter}", partner) for letter in "abcde"), ("accountlast", WRITER)):
        word = marked.word(number, roles)
        keys.append(marked.thing(number, site.save("nurse", Draft("reflect.note", word, note(word))), WRITER))
    with world.database.read() as session:
        email = session.get_one(Person, world.people["outsider"]).email
    nurse, looked = world.actor("nurse"), GuardAnswer()
    opened = nmc.open_discussion(world.artefacts, nurse, keys[:5], email, 30, looked)
    ended = nmc.open_discussion(world.artefacts, nurse, keys[1:], email, 30, looked)
    nmc.end(world.artefacts, world.actor("nurse"), ended)
    with world.database.read() as session:
        for copy in session.scalars(select(DiscussedAccount)):
            roles = partner if copy.discussion_id == opened else WRITER
            marked.thing(f"copy {copy.discussion_id} {copy.position}", copy.copy_id, roles)
    marked.keys["discussion_id"] = [opened, ended]


def _episode(marked: Marked) -> None:
    """An episode of the nurse's with a group, a note of her own and one of a colleague's that she may read."""
    site, world = marked.site, marked.site.world
    shared = marked.word("gatheredshared", MANOR)
    theirs = marked.thing("gathered", site.save("gp", Draft("reflect.note", shared, note(shared), "practice")), MANOR)
    gathered = [marked.things["private"], theirs]
    nurse, looked = world.actor("nurse"), GuardAnswer()
    title, summary = marked.word("episodetitle", WRITER), marked.word("episodesummary", WRITER)
    key = marked.thing(
        "episode", episodes.begin(world.artefacts, nurse, title, summary, gathered, looked, "").id, WRITER
    )
    with world.database.read() as session:
        thing = reading.get(session, world.host, nurse, key)
    group = marked.word("episodegroup", WRITER)
    episodes.change(world.artefacts, nurse, thing, lambda title, body: (title, new_group(body, group)), 1)
    marked.keys["episode_id"] = [key]


def _own_questions(marked: Marked) -> None:
    """Questions that a person made for herself, and some that a manager made for the practice."""
    world = marked.site.world
    for role, readers in (("nurse", WRITER), ("manager", MANOR)):
        ask = marked.word(f"asked{role}", readers)
        question = Question("q1", ask, ask, "", True)
        content = Content(marked.word(f"label{role}", readers), "", (question,))
        actor = world.actor(role)
        own_questions.make(
            world.artefacts, actor, content, GuardAnswer(), for_practice=role == "manager", copied=False, client_key=""
        )


def _files(marked: Marked) -> None:
    """A file of a thing for each of three readerships; their words stand in what the files say."""
    world = marked.site.world
    nurse = world.actor("nurse")
    readers = {"private": WRITER, "cluster": CLUSTER}
    for name, roles in readers.items():
        file = prepare(f"{marked.word(f'file{name}name', roles)}.txt", marked.word(f"file{name}", roles).encode())
        world.artefacts.attach(nurse, marked.things[name], [file], GuardAnswer())
    name, words = marked.word("filegonename", WRITER), marked.word("filegone", WRITER)
    draft = Draft(
        "reflect.note", "Gone", note("Gone"), "practice", attachments=(prepare(f"{name}.txt", words.encode()),)
    )
    gone = marked.thing("withdrawn with a file", marked.site.save("nurse", draft), WRITER)
    world.artefacts.withdraw(nurse, gone)
    with world.database.read() as session:
        marked.keys["attachment_id"] = list(session.scalars(select(Attachment.id).order_by(Attachment.id)))


def _fillers(marked: Marked) -> None:
    """Enough for everybody to push what was written so far onto the second page of every list."""
    world = marked.site.world
    with world.artefacts.unit(world.actor("nurse")) as unit:
        for number in range(PAGE + 1):
            words = f"zqfiller {number}"
            unit.add(Draft("reflect.note", words, note(words), "network"))
            unit.add(Draft("peer_share.question", words, {"need": words, "tried": words}, "network"))
    marked.word("filler", NETWORK)
