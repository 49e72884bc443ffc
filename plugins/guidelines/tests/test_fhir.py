"""The reader of guidelines in FHIR: the real files where they are, small invented ones always."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers_guidelines.fhir import MAX_BYTES, FhirImport, ImportedRecommendation, UnreadableFile, read

REAL = Path(__file__).parents[4] / "shared" / "data" / "guidelines"
CORE = "http://hl7.org/fhir/StructureDefinition/"
STRENGTH = CORE + "cqf-strengthOfRecommendation"
CODES = "http://terminology.hl7.org/CodeSystem/"


def rating(extension: str, system: str, *codes: str) -> dict[str, Any]:
    coding = [{"system": system, "code": code, "display": code.title()} for code in codes]
    return {"url": extension, "valueCodeableConcept": {"coding": coding}}


def strength(*codes: str, system: str = CODES + "recommendation-strength") -> dict[str, Any]:
    return rating(CORE + "cqf-strengthOfRecommendation", system, *codes)


def certainty(*codes: str, system: str = CODES + "evidence-quality") -> dict[str, Any]:
    return rating(CORE + "cqf-qualityOfEvidence", system, *codes)


def direction(code: str) -> dict[str, Any]:
    url = "http://hl7.org/fhir/uv/cpg/StructureDefinition/cpg-directionOfRecommendation"
    return rating(url, "http://hl7.org/fhir/uv/cpg/CodeSystem/cpg-recommendation-direction", code)


def plan(*extensions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "PlanDefinition",
        "url": "https://example.org/PlanDefinition/letters",
        "version": "1",
        "date": "2026-02-01",
        "title": "Example: letters people can read",
        "status": "active",
        "publisher": "Example Institute",
        "copyright": "Example licence",
        "description": "Offer every letter in 18 point.",
        "action": [{"title": "Letters", "description": "Print in 18 point.", "extension": list(extensions)}],
        **more,
    }


def imported(resource: Any) -> FhirImport:
    return read(json.dumps(resource).encode())


def only(resource: Any) -> ImportedRecommendation:
    [recommendation] = imported(resource).recommendations
    return recommendation


def reported(recommendation: ImportedRecommendation | FhirImport) -> set[str]:
    return {note.code for note in recommendation.reported}


def real(name: str) -> ImportedRecommendation:
    [recommendation] = read((REAL / name).read_bytes()).recommendations
    return recommendation


@pytest.mark.real_files
@pytest.mark.parametrize(
    ("name", "strong", "sure", "day"),
    [
        ("opioidcds-01.json", "weak-for", "low", "2025-08-06"),
        ("opioidcds-02.json", "strong-for", "moderate", "2025-08-06"),
        ("opioidcds-03.json", "strong-for", "very-low", "2025-08-06"),
        ("opioidcds-06.json", "strong-for", "very-low", "2025-08-06"),
        ("opioidcds-07.json", "strong-for", "very-low", "2025-08-06"),
        ("2023-05-01/opioidcds-01.json", "weak-for", "low", "2023-05-01"),
        ("2023-05-01/opioidcds-02.json", "strong-for", "moderate", "2023-05-01"),
        ("2023-05-01/opioidcds-03.json", "strong-for", "very-low", "2023-05-01"),
    ],
)
def test_the_real_files(name: str, strong: str, sure: str, day: str) -> None:
    recommendation = real(name)
    assert (recommendation.strength, recommendation.certainty) == (strong, sure)
    assert str(recommendation.dated) == recommendation.edition.date == day
    assert recommendation.edition.version == "2022.1.0"
    assert recommendation.publisher == "Centers for Disease Control and Prevention (CDC)"
    assert recommendation.licence == "© CDC 2016+."
    assert recommendation.text == json.loads((REAL / name).read_bytes())["description"]
    assert recommendation.source_url.startswith("http://fhir.org/guides/cdc/opioid-cds/PlanDefinition/opioidcds-0")
    assert "https://www.cdc.gov/mmwr/volumes/71/rr/rr7103a1.htm" in [d.url for d in recommendation.documents]
    assert [code.code for code in recommendation.codes] == [strong.partition("-")[0], sure]
    # The files give no direction; that it was read as "for" must be told.
    assert reported(recommendation) == {"direction-not-stated", "logic-left-out"}


@pytest.mark.real_files
@pytest.mark.parametrize("name", ["opioidcds-01.json", "opioidcds-02.json", "opioidcds-03.json"])
def test_two_real_editions_under_one_label_stay_apart(name: str) -> None:
    new, old = real(name).edition, real(f"2023-05-01/{name}").edition
    assert (new.url, new.version) == (old.url, old.version)
    assert new.key != old.key
    assert real(name).edition.key == new.key


@pytest.mark.real_files
def test_all_real_files_in_one_bundle() -> None:
    resources = [json.loads(path.read_bytes()) for path in sorted(REAL.rglob("*.json"))]
    result = imported({"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]})
    assert len(result.recommendations) == len(resources) == 8
    assert len({recommendation.edition.key for recommendation in result.recommendations}) == 8


def test_a_plan_becomes_a_recommendation() -> None:
    recommendation = only(plan(strength("strong"), direction("for"), certainty("high")))
    assert recommendation.title == "Example: letters people can read"
    assert recommendation.text == "Offer every letter in 18 point."
    assert (recommendation.strength, recommendation.certainty) == ("strong-for", "high")
    assert recommendation.source_url == "https://example.org/PlanDefinition/letters"
    assert (recommendation.status, recommendation.publisher) == ("active", "Example Institute")
    assert [(p.element, p.text) for p in recommendation.passages] == [
        ("title", "Letters"),
        ("description", "Print in 18 point."),
    ]
    assert recommendation.reported == ()


@pytest.mark.parametrize("content_change", [{"description": "Offer 16 point."}, {"purpose": "New"}, {"id": "x"}])
def test_equal_labels_with_other_content_are_other_editions(content_change: dict[str, str]) -> None:
    assert only(plan()).edition.key != only(plan(**content_change)).edition.key


def test_a_servers_own_stamps_and_the_order_of_keys_do_not_make_an_edition() -> None:
    resource = plan(strength("weak"))
    stamped = {"meta": {"versionId": "7"}, **dict(reversed(resource.items()))}
    assert only(resource).edition.key == only(stamped).edition.key


@pytest.mark.parametrize(
    ("extensions", "result", "code"),
    [
        ([strength("strong"), direction("against")], "strong-against", None),
        ([strength("weak"), direction("against")], "weak-against", None),
        ([strength("conditional"), direction("for")], "weak-for", None),
        ([strength("STRONG"), direction("for")], "strong-for", None),
        ([strength("strong-against", system=CODES + "recommendation-strength|4.0.1")], "strong-against", None),
        ([strength("weak-for", system="https://example.org/ceosys-cs-recommendation-strength")], "weak-for", None),
        ([strength("strong")], "strong-for", "direction-not-stated"),
        ([strength("strong"), direction("either")], None, "unknown-code"),
        ([strength("weak-for"), direction("against")], None, "directions-differ"),
        ([strength("weak", "strong")], None, "several-codings"),
        ([strength("weak"), strength("strong")], None, "several-codings"),
        ([strength("weak-for", "weak-for")], "weak-for", "several-codings"),
        ([strength("A")], None, "unknown-code"),
        ([strength("strong", system="http://example.org/my-own-scale")], None, "unknown-code"),
        ([strength()], None, "rating-without-code"),
        ([{"url": STRENGTH, "valueCodeableConcept": {"text": "Strong"}}], None, "rating-without-code"),
        ([{"url": STRENGTH, "valueString": "strong"}], None, "rating-without-code"),
        ([], None, "no-strength"),
    ],
)  # fmt: skip
def test_strength(extensions: list[dict[str, Any]], result: str | None, code: str | None) -> None:
    recommendation = only(plan(certainty("low"), *extensions))
    assert recommendation.strength == result
    assert reported(recommendation) == ({code} if code else set())


@pytest.mark.parametrize(
    ("extensions", "result", "code"),
    [
        ([certainty("very-low")], "very-low", None),
        ([rating(CORE + "cqf-certaintyOfEvidence", "certainty-rating", "moderate")], "moderate", None),
        ([certainty("low", "very-low")], None, "several-codings"),
        ([certainty("B")], None, "unknown-code"),
        ([certainty("no-concern", system=CODES + "certainty-rating")], None, "unknown-code"),
        ([], None, "no-certainty"),
    ],
)  # fmt: skip
def test_certainty(extensions: list[dict[str, Any]], result: str | None, code: str | None) -> None:
    recommendation = only(plan(strength("strong"), direction("for"), *extensions))
    assert recommendation.certainty == result
    assert reported(recommendation) == ({code} if code else set())


def test_a_known_code_beside_a_local_one_is_used_and_both_are_told() -> None:
    coding = [{"system": CODES + "recommendation-strength", "code": "weak-for"}, {"system": "urn:x", "code": "B"}]
    recommendation = only(plan({"url": STRENGTH, "valueCodeableConcept": {"coding": coding}}, certainty("low")))
    assert recommendation.strength == "weak-for"
    assert reported(recommendation) == {"unknown-code", "several-codings"}
    [note] = [note for note in recommendation.reported if note.code == "several-codings"]
    assert str(note.why) == "We used what we know and left out the rest, so check the source."


def test_codes_are_kept_word_for_word_with_their_place() -> None:
    recommendation = only(plan(strength("A", system="http://example.org/scale"), certainty("low")))
    assert [(c.rating, c.system, c.code, c.path) for c in recommendation.codes] == [
        ("strength", "http://example.org/scale", "A", "action[0].extension[0]"),
        ("certainty", CODES + "evidence-quality", "low", "action[0].extension[1]"),
    ]
    [note] = [note for note in recommendation.reported if note.code == "unknown-code"]
    assert note.path == "action[0].extension[0]"
    assert str(note.what) == "Code “http://example.org/scale A”"
    assert str(note.why) == "We do not know this code, so we left the strength open."


@pytest.mark.parametrize("place", ["extension", "documentation", "nested", "artifact"])
def test_ratings_are_found_wherever_publishers_put_them(place: str) -> None:
    extensions = [strength("weak"), direction("for"), certainty("high")]
    resource = plan()
    if place == "extension":
        resource["extension"] = extensions
    elif place == "documentation":
        resource["action"][0]["documentation"] = [{"type": "documentation", "extension": extensions}]
    elif place == "nested":
        resource["action"][0]["action"] = [{"extension": extensions}]
    else:
        resource["relatedArtifact"] = [{"type": "citation", "extension": extensions}]
    assert (only(resource).strength, only(resource).certainty) == ("weak-for", "high")


def test_several_rated_actions_are_several_recommendations_of_one_edition() -> None:
    actions = [
        {"title": f"Rec {n}", "description": f"Do {n}.", "extension": [strength(code), certainty("low")],
         "action": [{"description": f"Step of {n}"}]}
        for n, code in enumerate(["strong", "weak"] * 6)
    ]  # fmt: skip
    recommendations = imported(plan(action=actions, copyright=None)).recommendations
    assert [r.text for r in recommendations] == [f"Do {n}." for n in range(12)]
    assert [r.strength for r in recommendations][:2] == ["strong-for", "weak-for"]
    assert [r.path for r in recommendations] == [f"action[{n}]" for n in range(12)]
    assert len({r.edition.key for r in recommendations}) == 1
    for n, recommendation in enumerate(recommendations):
        assert [p.text for p in recommendation.passages if p.text.startswith("Step")] == [f"Step of {n}"]
    # What concerns the whole file is told once.
    assert [("no-licence" in reported(r)) for r in recommendations] == [True] + [False] * 11


def test_a_plan_without_a_description_says_it_in_its_first_action() -> None:
    assert only(plan(strength("weak"), description=None)).text == "Print in 18 point."
    bare = only(plan(description=None, action=[{"textEquivalent": "Said plainly."}]))
    assert bare.text == "Said plainly."
    empty = only(plan(description=None, action=[]))
    assert empty.text == ""
    assert "no-text" in reported(empty)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"description": 5}, "wrong-type"),
        ({"action": {"title": "not a list"}}, "wrong-type"),
        ({"action": ["text"]}, "wrong-type"),
        ({"copyright": None}, "no-licence"),
        ({"url": None}, "no-url"),
        ({"url": "javascript:alert(1)"}, "url-not-web"),
        ({"url": "https://example.org/\" onclick=\"x"}, "url-not-web"),
        ({"url": "http://[broken"}, "url-not-web"),
        ({"version": None, "date": None}, "no-version"),
        ({"date": "2021"}, "date-not-full"),
        ({"date": "2021-02-30"}, "date-not-full"),
        ({"status": "retired"}, "retired"),
        ({"library": ["https://example.org/Library/x"]}, "logic-left-out"),
    ],
)  # fmt: skip
def test_what_is_odd_is_reported_and_the_rest_comes_in(change: dict[str, Any], code: str) -> None:
    recommendation = only(plan(strength("strong"), **change))
    assert code in reported(recommendation)
    assert recommendation.title == "Example: letters people can read"
    if code == "url-not-web":
        assert recommendation.source_url == ""


def test_a_date_with_a_time_and_control_characters() -> None:
    recommendation = only(plan(date="2021-02-14T17:00:17-07:00", description="One\r\ntwo\x00\ud800\x1b[31m\tthree "))
    assert str(recommendation.dated) == "2021-02-14"
    assert recommendation.text == "One\ntwo[31m\tthree"


def test_a_bundle_reads_its_plans_and_tells_what_else_it_holds() -> None:
    result = imported(
        {
            "resourceType": "Bundle",
            "entry": [{"resource": plan()}, {"resource": {"resourceType": "Library"}}, {"resource": plan(version="2")},
                      {"resource": {"resourceType": "Library"}}, "odd"],
        }
    )  # fmt: skip
    assert [r.path for r in result.recommendations] == ["entry[0].resource", "entry[2].resource"]
    others = [str(note.what) for note in result.reported if note.code == "other-resource"]
    assert sorted(others) == ["1 × ?", "2 × Library"]


@pytest.mark.parametrize("bundle", [{"entry": []}, {}, {"entry": "x"}, {"entry": [{"resource": None}]}])
def test_a_bundle_without_a_guideline_says_so(bundle: dict[str, Any]) -> None:
    result = imported({"resourceType": "Bundle", **bundle})
    assert result.recommendations == ()
    assert "empty-bundle" in reported(result)


def nested(depth: int) -> bytes:
    return b'{"resourceType":"PlanDefinition","a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-json"),
        (b"<PlanDefinition/>", "not-json"),
        (b"%PDF-1.7", "not-json"),
        (b"\xff\xfe\x00", "not-json"),
        (b'{"resourceType":"PlanDefinition","date":NaN}', "not-json"),
        (b'{"resourceType":"PlanDefinition","date":' + b"9" * 5000 + b"}", "not-json"),
        (b"[]", "wrong-resource"),
        (b'"PlanDefinition"', "wrong-resource"),
        (b"{}", "wrong-resource"),
        (b'{"resourceType":["PlanDefinition"]}', "wrong-resource"),
        (b'{"resourceType":"Patient"}', "wrong-resource"),
        (nested(101), "too-deep"),
        (nested(100_000), "too-deep"),
        (b"[" * 1_000_000, "too-deep"),
        (b'"' + b'\\"' * 1_000_000, "not-json"),
        (b" " * (MAX_BYTES + 1), "too-big"),
        (b'{"resourceType":"PlanDefinition","action":[' + b"{}," * 1_000_000 + b"{}]}", "too-many"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else value,
)
def test_files_that_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(content)
    assert refusal.value.code == code
    assert str(refusal.value) == str(refusal.value.why)


def test_the_deepest_allowed_nesting_and_text_instead_of_bytes() -> None:
    assert len(read(nested(100)).recommendations) == 1
    assert len(read("\ufeff" + json.dumps(plan())).recommendations) == 1
    with pytest.raises(UnreadableFile) as refusal:
        read("é" * (MAX_BYTES // 2 + 1))
    assert refusal.value.code == "too-big"


def test_the_kind_of_a_wrong_resource_is_named() -> None:
    with pytest.raises(UnreadableFile, match="“Patient”, not a guideline"):
        imported({"resourceType": "Patient"})


def test_more_than_a_thousand_recommendations_are_refused_within_memory() -> None:
    action = {"description": "x", "extension": [{"url": "cqf-strengthOfRecommendation", "valueCode": "strong"}]}
    content = json.dumps(plan(action=[action] * 30_000)).encode()
    tracemalloc.start()
    with pytest.raises(UnreadableFile) as refusal:
        read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refusal.value.code == "too-many"
    assert peak < 200 * 1024 * 1024


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["strong", STRENGTH]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["action", "extension", "url", "valueCodeableConcept", "coding", "code", "system", "description", "title",
             "documentation", "relatedArtifact", "resource", "entry", "resourceType", "date", "type", "valueCode"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["PlanDefinition", "Bundle"]), json_values)
def test_no_shape_of_json_makes_it_fall_over(kind: str, body: Any) -> None:
    resource = {**(body if isinstance(body, dict) else {"action": body, "entry": body}), "resourceType": kind}
    result = imported(resource)
    for note in result.reported:
        assert str(note.what)
        assert str(note.why)
    for recommendation in result.recommendations:
        assert recommendation.strength in {None, "strong-for", "weak-for", "strong-against", "weak-against"}
