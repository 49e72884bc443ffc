"""What Peer share shows on a thing's page and on the author's home page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import url_for
from sqlalchemy.orm import Session

from layers_core.contract import Actor, HomeCard, Panel, Thing
from layers_core.i18n import lazy_gettext as _l
from layers_peer_share import reading
from layers_peer_share.kinds import QUESTION
from layers_peer_share.reading import Returned, Said
from layers_peer_share.service import may_respond, takes_responses
from layers_peer_share.vocabularies import question_outcomes, response_types, response_words

ITEMS_SHOWN = 3
NOTHING_SAID = Said(frozenset(), (), "")

HEADINGS = {True: _l("Used at another practice"), False: _l("Used by a colleague in your practice")}
WHYS = {
    True: _l("Somebody at another practice used what you shared."),
    False: _l("Somebody in your practice used what you wrote."),
}


def home_cards(session: Session, actor: Actor) -> Iterable[HomeCard]:
    """For an author: what others used since they last looked, other practices first; one query."""
    for elsewhere, things in reading.used_and_unseen(session, actor).items():
        if things:
            yield HomeCard(
                heading=HEADINGS[elsewhere],
                why=WHYS[elsewhere],
                action=_l("See what came back"),
                url=url_for("peer_share.came_back"),
                items=tuple((title, url_for("thing.show", thing_id=key)) for key, title in things[:ITEMS_SHOWN]),
            )


def for_things(session: Session, actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """Buttons for readers, what came back for authors, the state of questions; two queries for all things."""
    known = reading.about(session, actor, [thing for thing in artefacts if takes_responses(thing)])
    states = reading.states_of(session, artefacts)
    for thing in artefacts:
        said = known.get(thing.id)
        if isinstance(said, Returned):
            yield Panel(thing.id, _l("What came back"), "peer_share/came_back_panel.html", {"back": said})
        elif may_respond(actor, thing):
            yield Panel(thing.id, _l("Did this help you?"), "peer_share/respond_panel.html", _reader(said))
        elif thing.kind == QUESTION and thing.id in states:
            yield _question(actor, thing, states[thing.id])


def _reader(said: Said | None) -> dict[str, object]:
    said = said or NOTHING_SAID
    return {
        "said": said,
        "labels": {code: response_words(code, "label") for code in reversed([*response_types()])},
        "pressed": {code: response_words(code, "pressed") for code in said.pressed},
    }


def _question(actor: Actor, thing: Thing, state: reading.QuestionState) -> Panel:
    mine = actor.person_id is not None and thing.author_id == actor.person_id
    context = {"state": state, "mine": mine, "outcomes": question_outcomes()}
    return Panel(thing.id, _l("This question"), "peer_share/question_panel.html", context)
