"""What the later finders mark and leave alone: numbers, addresses, ages, names without a title, combinations."""

from __future__ import annotations

from datetime import date

import pytest

from layers_core.privacy.finders.tokens import Phrases, Token, tokens
from layers_core.privacy.identifiers import find

TODAY = date(2026, 11, 22)


def found(text: str, *types: str) -> list[str]:
    return [text[span.start : span.end] for span in find(text, today=TODAY) if not types or span.type in types]


@pytest.mark.parametrize("written", ["AB123456C", "AB 12 34 56 C", "jc 12 34 56 d", "PX123456 A", "SN-12-34-56-B"])
def test_national_insurance_numbers(written: str) -> None:
    assert found(f"It was {written} again.", "nino") == [written]


@pytest.mark.parametrize(
    "text", ["QQ123456C", "BG123456A", "DA123456A", "AO123456A", "AB123456E", "XAB123456C", "sample AB 12 34 56"]
)
def test_what_is_no_national_insurance_number(text: str) -> None:
    assert found(text) == []


def test_without_its_last_letter_the_words_must_say_what_it_is() -> None:
    assert found("NI number AB 12 34 56 on the form") == ["AB 12 34 56"]


@pytest.mark.parametrize(
    "address",
    [
        "14 Mill Lane",
        "14a Mill Lane",
        "12-14 Church Road",
        "14, Mill Lane",
        "14 St Mary's Avenue",
        "3 acacia avenue",
        "Flat 2, 9 High St",
        "9 Queen Street North Road",
        "The Old Mill, Church Road",
        "Rose Cottage, Mill Lane",
    ],
)
def test_street_addresses(address: str) -> None:
    assert found(f"She lives at {address}, alone.") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "a 10 minute drive",
        "3 patients lane",
        "Table 4 Green Park",
        "in Room 4, Green Zone",
        "2.5 Mill Lane",
        "The Old Mill, Church Road Surgery",
        "a long way down the road",
        "Way Forward",
        "12 weeks close monitoring",
        "5 in the street",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("A 94-year-old fell", "94-year-old"),
        ("A 94 yr old fell", "94 yr old"),
        ("93yo, fell", "93yo"),
        ("93 y/o fell", "93 y/o"),
        ("aged 91, fell", "aged 91"),
        ("Age: 91. Fell", "Age: 91"),
        ("she is 95 and fell", "95"),
        ("My mum is now 95.", "95"),
        ("a lady of 92 fell", "92"),
        ("94 years of age", "94 years of age"),
        ("a ninety-four-year-old", "ninety-four-year-old"),
        ("aged ninety two", "aged ninety two"),
        ("a centenarian fell", "centenarian"),
        ("on her 100th birthday", "100th birthday"),
        ("102M, fell", "102M"),
    ],
)
def test_ages_over_89(text: str, age: str) -> None:
    assert found(text, "age") == [age]


@pytest.mark.parametrize(
    "text",
    [
        "a 89-year-old",
        "aged 34",
        "he is 95% better",
        "he is 95 kg",
        "she is 92 minutes late",
        "BP is 95",
        "sats are 94",
        "over 90 years old",
        "people aged 90 and over",
        "aged 90-94",
        "90-year-olds",
        "121-year-old",
        "for 94 years",
        "1994-year-old",
        "0.94yo",
    ],
)
def test_what_is_no_age_over_89(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Our receptionist Amina Qureshi saw it", "Amina Qureshi"),
        ("Spoke with Chidi Okafor about it", "Chidi Okafor"),
        ("the patient, Derek, was cross", "Derek"),
        ("Patient: Jane Doe", "Jane Doe"),
        ("her daughter Blessing manages the tablets", "Blessing"),
        ("I told Oluwaseun Adeyemi", "Oluwaseun Adeyemi"),
        ("Margaret said so", "Margaret"),
        ("with Tom Baker", "Tom Baker"),
        ("Smith, John came", "Smith, John"),
        ("Seen by J. Smith", "J. Smith"),
        ("Sarah Lloyd-Evans came", "Sarah Lloyd-Evans"),
    ],
)
def test_names_without_a_title(text: str, name: str) -> None:
    assert found(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Patient Participation Group",
        "patient Access",
        "GP Connect and the GP Federation",
        "Practice Manager and Practice Nurse",
        "asked Reception",
        "spoke to Social Prescribing Team",
        "consultant Cardiologist",
        "James Cook University Hospital",
        "St James Infirmary",
        "Marie Curie nurse",
        "Parkinson's, Crohn's, Down's syndrome, Bell's palsy",
        "a Scott frame, Jordan, Charlotte",
        "Locum Agency",
        "nurse Led Clinic",
        "Dear Team",
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "clues"),
    [
        ("A 42-year-old Somali man came", ["42-year-old", "Somali", "man"]),
        ("Young woman, a teacher from Redcar", ["Young", "woman", "teacher", "from Redcar"]),
        ("A 67F with a cough, seen on 12/03/2026", ["67", "F", "on 12/03/2026"]),
        ("An elderly lady with sarcoidosis", ["elderly", "lady", "sarcoidosis"]),
        ("Polish man. He works as a miner and lives in Loftus.", ["Polish", "man", "works as a miner", "in Loftus"]),
        ("She is a vicar in her forties.", ["She", "vicar", "in her forties"]),
    ],
)
def test_three_kinds_of_clues_are_a_rare_combination(text: str, clues: list[str]) -> None:
    assert found(text, "combination") == clues


@pytest.mark.parametrize(
    "text",
    [
        "A 42-year-old man came",
        "A 54-year-old woman with type 2 diabetes was started on metformin",
        "A man from Redcar came on 12/03/2026",
        "We met the vicar. The leaflet is in Polish. On 12/03/2026 a man rang.",
        "The leaflet is in Urdu and Polish.",
        "A woman came. " + "We audited letters. " * 5 + "The teacher was Polish.",
    ],
)
def test_fewer_kinds_or_clues_far_apart_are_none(text: str) -> None:
    assert found(text, "combination") == []


def test_a_note_may_end_with_a_job() -> None:
    assert found("A Somali man from Hull works as a miner", "combination")[-1] == "works as a miner"


def test_a_combination_says_which_kinds_make_it() -> None:
    spans = find("A 42-year-old Somali man came", today=TODAY)
    assert {str(span.why) for span in spans} == {
        "Each of these is common, but together they can point to one person: age, sex, ethnicity or religion."
    }


class Handed(list[Token]):
    """Words of a text that count how many of them were handed out."""

    count = 0

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        given = super().__getitem__(place)
        self.count += len(given) if isinstance(place, slice) else 1
        return given


def test_a_phrase_is_looked_up_without_the_rest_of_the_text() -> None:
    text = "runs the " * 1_000
    found = Handed(tokens(text))
    assert len(list(Phrases.of(["runs the"], True).find(text, found))) == 1_000
    assert found.count <= 4 * len(found)
