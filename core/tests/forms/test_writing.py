"""Forms and responses written as FHIR R4: an oracle of the rules of its own, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from layers_core.forms.checking import check
from layers_core.forms.model import Condition, Item, Option, Questionnaire, Value, Words
from layers_core.forms.reading import read
from layers_core.forms.writing import response, write

from .samples import answered, choice, form, group, kept, question
from .strategies import questionnaires

# https://hl7.org/fhir/R4/questionnaire-definitions.html: names, their JSON and how often they may stand.
ITEM: dict[str, type | tuple[type, ...]] = {
    "linkId": str, "extension": list, "prefix": str, "text": str, "_text": dict, "type": str, "enableWhen": list,
    "enableBehavior": str, "required": bool, "repeats": bool, "readOnly": bool, "maxLength": int, "answerOption": list,
    "initial": list, "item": list,
}  # fmt: skip
FORM = {
    "resourceType": str,
    "language": str,
    "url": str,
    "version": str,
    "title": str,
    "_title": dict,
    "status": str,
    "item": list,
}


def every_item(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item
        yield from every_item(item.get("item", []))


def rules_broken(resource: dict[str, Any]) -> list[str]:
    """What of R4's rules for a Questionnaire (que-1 to que-13) a written form breaks, and what is empty or misnamed."""
    broken = [
        name for name, value in resource.items() if not isinstance(value, FORM.get(name, ())) or value in ("", [], {})
    ]
    broken += [] if resource.get("status") in ("draft", "active", "retired", "unknown") else ["status"]
    items = list(every_item(resource.get("item", [])))
    broken += [] if len({item["linkId"] for item in items}) == len(items) else ["que-2"]
    for item in items:
        type_ = item["type"]
        broken += [n for n, v in item.items() if not isinstance(v, ITEM.get(n, ())) or v in ("", [], {})]
        rules = {
            "que-1": type_ != "display" or "item" not in item,
            "que-5": type_ in ("choice", "open-choice") or "answerOption" not in item,
            "que-6": type_ != "display" or not ({"required", "repeats"} & {*item}),
            "que-7": all(
                one["operator"] != "exists" or isinstance(one.get("answerBoolean"), bool)
                for one in item.get("enableWhen", [])
            ),
            "que-8": type_ not in ("group", "display") or "initial" not in item,
            "que-9": type_ != "display" or "readOnly" not in item,
            "que-10": "maxLength" not in item or type_ in ("string", "text", "url", "open-choice"),
            "que-11": not {"answerOption", "initial"} <= {*item},
            "que-12": len(item.get("enableWhen", [])) < 2 or item.get("enableBehavior") in ("all", "any"),
            "que-13": item.get("repeats") or len(item.get("initial", [])) < 2,
        }
        broken += [rule for rule, holds in rules.items() if not holds]
    return broken


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questionnaires())
def test_a_form_made_here_keeps_the_rules(questionnaire: Questionnaire) -> None:
    assert rules_broken(write(questionnaire)) == []


def test_a_form_made_here() -> None:
    smoke = Item("smoke", "boolean", Words("Do you smoke?", {"cy": "Ydych chi’n ysmygu?"}), required=True)
    options = (Option(Value("Coding", {"code": "c", "display": "Cigarettes"}), Words("Cigarettes"), initial=True),)
    condition = Condition("smoke", "=", Value("Boolean", True))
    what = Item("what", "choice", Words("What?"), options=options, conditions=(condition,), behaviour="any")
    assert write(Questionnaire(Words("Smoking"), (smoke, what), "https://example.org/smoking", "3", "en")) == {
        "resourceType": "Questionnaire",
        "language": "en",
        "url": "https://example.org/smoking",
        "version": "3",
        "title": "Smoking",
        "status": "active",
        "item": [
            {
                "linkId": "smoke",
                "text": "Do you smoke?",
                "_text": {
                    "extension": [
                        {
                            "url": "http://hl7.org/fhir/StructureDefinition/translation",
                            "extension": [
                                {"url": "lang", "valueCode": "cy"},
                                {"url": "content", "valueString": "Ydych chi’n ysmygu?"},
                            ],
                        }
                    ]
                },
                "type": "boolean",
                "required": True,
            },
            {
                "linkId": "what",
                "text": "What?",
                "type": "choice",
                "enableWhen": [{"question": "smoke", "operator": "=", "answerBoolean": True}],
                "enableBehavior": "any",
                "answerOption": [{"valueCoding": {"code": "c", "display": "Cigarettes"}, "initialSelected": True}],
            },
        ],
    }


def test_a_form_from_elsewhere_is_written_as_it_came() -> None:
    resource = form(
        group("g", question("a", unknown=[1, {"x": None}], extension=[{"url": "http://example.org/x"}])),
        {"text": "No linkId", "type": "odd"},
        publisher="Somebody",
        contained=[{"resourceType": "Library"}],
    )
    questionnaire = read(resource).questionnaire
    assert questionnaire is not None
    written = write(questionnaire)
    assert written == resource
    written["item"].clear()
    assert questionnaire.source["item"], "what is written can be changed without changing the form"


def test_a_coding_without_words_stays_without() -> None:
    questionnaire = replace(kept(question("c", "choice", answerOption=[{"valueCoding": {"code": "x"}}])), source={})
    assert write(questionnaire)["item"][0]["answerOption"] == [{"valueCoding": {"code": "x"}}]


def test_a_form_that_was_changed_since_is_written_as_it_is_now() -> None:
    questionnaire = kept(question("a"), publisher="Somebody")
    changed = replace(questionnaire, items=(replace(questionnaire.items[0], text=Words("New words")),))
    assert write(changed)["item"][0]["text"] == "New words"


@pytest.mark.parametrize(
    ("address", "version", "named"),
    [("", "", None), ("https://x.org/f", "", "https://x.org/f"), ("https://x.org/f", "2", "https://x.org/f|2")],
)
def test_a_response(address: str, version: str, named: str | None) -> None:
    questionnaire = kept(choice("c", "red"), **({"url": address, "version": version} if address else {}))
    items = [answered("c", {"valueCoding": {"system": "https://example.org/colours", "code": "red"}})]
    authored = datetime(2026, 11, 22, 14, 5, 9, 5, tzinfo=timezone(timedelta(hours=1)))
    written = response(
        questionnaire, items, authored=authored, language="cy", id="r1", identifier={"system": "urn:x", "value": "7"}
    )
    expected = {
        "resourceType": "QuestionnaireResponse",
        "id": "r1",
        "language": "cy",
        "identifier": {"system": "urn:x", "value": "7"},
        "status": "completed",
        "authored": "2026-11-22T14:05:09+01:00",
        "item": items,
    }
    assert written == expected | ({"questionnaire": named} if named else {})
    assert check(questionnaire, written) == ()


def test_a_response_without_answers() -> None:
    written = response(kept(question("a")), [], authored=datetime(2026, 11, 22, tzinfo=UTC), language="en")
    assert "item" not in written
