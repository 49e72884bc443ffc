"""The kinds of thing that guidelines keep, and what people may do with them."""

from __future__ import annotations

from layers_core.contract import ArtefactKind, Body
from layers_core.i18n import lazy_gettext as _l
from layers_guidelines.schemas import DecisionSchema, RecommendationSchema
from layers_guidelines.words import criterion

RECOMMENDATION = "guidelines.recommendation"
DECISION = "guidelines.decision"
IMPORT = "guidelines.import"
DECIDE = "guidelines.decide"


def words_of_recommendation(body: Body) -> str:
    """What search finds: the words of the recommendation, its guideline and who published it."""
    return "\n".join((body["text"], body["guideline"], body["source_name"]))


def summary_of_decision(body: Body) -> str:
    """One line for a card: how the practice does it, else why."""
    return str(body["local_wording"] or body["reason"])


def words_of_decision(body: Body) -> str:
    """Everything that was written about a decision."""
    return "\n".join((body["local_wording"], body["reason"], *(criterion(code) for code in body["criteria"])))


KINDS = (
    ArtefactKind(
        name=RECOMMENDATION,
        version=1,
        schema=RecommendationSchema,
        label=_l("Recommendation"),
        summary=lambda body: body["text"],
        search_text=words_of_recommendation,
        page_template="guidelines/recommendation.html",
        permission=IMPORT,
        edited_by_permission=True,
    ),
    ArtefactKind(
        name=DECISION,
        version=1,
        schema=DecisionSchema,
        label=_l("Decision"),
        summary=summary_of_decision,
        search_text=words_of_decision,
        page_template="guidelines/decision.html",
        permission=DECIDE,
        resurfaces=True,
    ),
)
