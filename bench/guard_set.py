"""Made-up notes for measuring the identifier guard: what each holds is known, because it was put there.

Two halves share no sentence, no surname and no given name: `seen` may be looked at while the guard is changed, `held`
is only measured. Numbers are random and valid by their published rules; nobody's on purpose.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bench import guard_words as words

SLOT = re.compile(r"\{(\w+)\}")
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Gold:
    """Something identifying that was put into a note."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class Note:
    """A note and what it holds; `combination` where its clues together point to a person."""

    text: str
    gold: tuple[Gold, ...] = ()
    combination: bool = False


def notes(half: str, count: int, seed: int) -> Iterator[Note]:
    """So many notes that hold something, from the templates and words of one half ("seen" or "held")."""
    maker = Maker(random.Random(f"{half} {seed}"), half)
    templates = [(text, False) for text in words.IDENTIFYING[half]] + [(text, True) for text in words.COMBINED[half]]
    for number in range(count):
        text, combined = templates[number % len(templates)]
        yield maker.note(text, combination=combined)


def clean(half: str, count: int, seed: int) -> Iterator[Note]:
    """So many clinical notes that hold nothing identifying, though much in them looks like it."""
    maker = Maker(random.Random(f"clean {half} {seed}"), half)
    templates = words.CLEAN[half]
    for number in range(count):
        yield maker.note(templates[number % len(templates)])


class Maker:
    """Fills templates; each slot of capitals is something identifying, each small one is filling."""

    def __init__(self, chance: random.Random, half: str) -> None:
        self.chance = chance
        self.given, self.family = words.GIVEN[half], words.FAMILY[half]
        self.identifying: dict[str, tuple[str, Callable[[], str]]] = {
            "NHS": ("nhs_number", self.nhs),
            "DOB": ("birth_date", self.dob),
            "PHONE": ("phone", self.phone),
            "POSTCODE": ("postcode", self.postcode),
            "EMAIL": ("email", self.email),
            "NINO": ("nino", self.nino),
            "ADDRESS": ("address", self.address),
            "AGE": ("age", lambda: str(chance.randint(90, 104))),
            "TITLED": ("name", self.titled),
            "FULL": ("name", self.full),
            "FIRST": ("name", lambda: chance.choice(self.given)),
            "LAST": ("name", lambda: chance.choice(self.family)),
        }
        self.filling: dict[str, Callable[[], str]] = {
            "n": lambda: str(chance.randint(2, 89)),
            "dose": lambda: f"{chance.choice(['2.5', '5', '10', '20', '50', '100', '250', '500'])} mg",
            "drug": lambda: chance.choice(words.DRUGS),
            "eponym": lambda: chance.choice(words.EPONYMS),
            "bp": lambda: f"{chance.randint(100, 190)}/{chance.randint(60, 110)}",
            "time": lambda: f"{chance.randint(7, 19):02d}{chance.choice('.:')}{chance.randint(0, 59):02d}",
            "day": self.recent,
            "lab": self.lab,
            "code": self.code,
            "level": lambda: f"{chance.choice('CTL')}{chance.randint(1, 7)}",
            "age": lambda: str(chance.randint(19, 88)),
            "role": lambda: chance.choice(words.ROLES),
        }

    def note(self, template: str, *, combination: bool = False) -> Note:
        """Fill a template."""
        parts: list[str] = []
        gold: list[Gold] = []
        length = position = 0
        for slot in SLOT.finditer(template):
            before = template[position : slot.start()]
            name = slot[1]
            if name in self.identifying:
                kind, make = self.identifying[name]
                text = make()
                start = length + len(before)
                gold.append(Gold(start, start + len(text), kind))
            else:
                text = self.filling[name]()
            parts += [before, text]
            length += len(before) + len(text)
            position = slot.end()
        parts.append(template[position:])
        return Note("".join(parts), tuple(gold), combination)

    def nhs(self) -> str:
        """A number whose check digit is right, as people space it."""
        while True:
            nine = "4" + "".join(self.chance.choices("0123456789", k=8))
            check = (
                11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
            ) % 11
            if check < 10:
                break
        digits = f"{nine}{check}"
        gap = self.chance.choice(["", " ", " ", "-", "  ", "\u00a0", ".", "\u2013"])
        return gap.join([digits[:3], digits[3:6], digits[6:]])

    def dob(self) -> str:
        """A day of birth in one of the spellings that notes use."""
        born = TODAY - timedelta(days=self.chance.randint(30, 36_000))
        day, month, year = born.day, born.month, born.year
        ordinal = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        return self.chance.choice(
            [
                f"{born:%d/%m/%Y}",
                f"{day}/{month}/{year}",
                f"{born:%d/%m/%y}",
                f"{born:%d.%m.%Y}",
                f"{day}.{month}.{year % 100:02d}",
                f"{born:%d-%m-%Y}",
                born.isoformat(),
                f"{born:%d %B %Y}",
                f"{day} {born:%b} {year}",
                f"{born:%d-%b-%Y}",
                f"{day}{ordinal} {born:%B} {year}",
                f"{day}{ordinal} of {born:%B} {year}",
                f"{born:%B} {day}, {year}",
                f"{day} {born:%b} {year % 100:02d}",
            ]
        )

    def phone(self) -> str:
        """A British number, as people group it."""
        last = "".join(self.chance.choices("0123456789", k=6))
        area, rest = self.chance.choice([("01642", 6), ("01904", 6), ("0191", 7), ("020", 8), ("01287", 6)])
        # London's local numbers begin with 3, 7 or 8; elsewhere none begins with 0 or 1.
        digits = self.chance.choice("378" if area == "020" else "23456789")
        digits += "".join(self.chance.choices("0123456789", k=rest - 1))
        mobile = "7" + self.chance.choice(["700", "911", "812", "570", "425"])
        return self.chance.choice(
            [
                f"0{mobile} {last}",
                f"0{mobile}{last}",
                f"0{mobile} {last[:3]} {last[3:]}",
                f"0{mobile}-{last}",
                f"+44 {mobile} {last}",
                f"+44{mobile}{last}",
                f"0044 {mobile} {last}",
                f"{area} {digits}" if rest == 6 else f"{area} {digits[: rest - 4]} {digits[rest - 4 :]}",
                f"({area}) {digits}",
                f"{area}{digits}",
            ]
        )

    def postcode(self) -> str:
        """A full postcode of a real area."""
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        outward = self.chance.choice(["TS", "DL", "YO", "M", "LS", "B", "NE", "BD", "CF", "SE", "EH"])
        outward += str(self.chance.randint(1, 29))
        inward = f"{self.chance.randint(1, 9)}{self.chance.choice(letters)}{self.chance.choice('AEGHJLNPQRTUWXYZ')}"
        whole = outward + self.chance.choice([" ", " ", " ", ""]) + inward
        return self.chance.choice([whole, whole, whole.lower()])

    def email(self) -> str:
        """An address with a made-up name."""
        given, family = self.chance.choice(self.given).lower(), self.chance.choice(self.family).lower()
        given, family = re.sub(r"[^a-z]", "", given), re.sub(r"[^a-z]", "", family)
        local = self.chance.choice([f"{given}.{family}", f"{given[:1]}{family}{self.chance.randint(1, 99)}", given])
        host = self.chance.choice(
            ["nhs.net", "example.org", "mail.example.co.uk", "student.example.ac.uk", "gp.nhs.uk"]
        )
        address = f"{local}@{host}"
        return self.chance.choice([address, address, address.upper(), address.capitalize()])

    def nino(self) -> str:
        """A National Insurance number with a prefix that is given out."""
        prefix = self.chance.choice(["AB", "JC", "PX", "SN", "WK", "LA", "YT", "CE", "NH"])
        pairs = [f"{self.chance.randint(0, 99):02d}" for _ in range(3)]
        suffix = self.chance.choice("ABCD")
        whole = self.chance.choice(["", " ", " "]).join([prefix, *pairs, suffix])
        return self.chance.choice([whole, whole, f"{prefix}{''.join(pairs)} {suffix}", whole.lower()])

    def address(self) -> str:
        """A street address, its postcode left to another slot."""
        street = f"{self.chance.choice(words.STREETS)} {self.chance.choice(words.STREET_TYPES)}"
        number = self.chance.choice(["{}", "{}", "{}", "{}a", "{}B", "{},"]).format(self.chance.randint(1, 240))
        return self.chance.choice(
            [
                f"{number} {street}",
                f"{number} {street}",
                f"{number} {street}",
                f"Flat {self.chance.randint(1, 40)}, {number.strip(',')} {street}",
                f"{self.chance.choice(words.HOUSES)}, {street}",
                f"{number} {street.lower()}",
            ]
        )

    def titled(self) -> str:
        """A name behind its title."""
        title = self.chance.choice(["Mr", "Mrs", "Mrs", "Miss", "Ms", "Mr.", "Dr", "Dr", "Sister", "Prof", "mrs", "mr"])
        family = self.chance.choice(self.family)
        if title.islower():
            return f"{title} {self.chance.choice([family, family.lower()])}"
        given = self.chance.choice(
            ["", "", "", f"{self.chance.choice(self.given)} ", f"{self.chance.choice('ABDJKMRS')}. "]
        )
        return f"{title} {given}{family}"

    def full(self) -> str:
        """A given name and a surname without a title."""
        return f"{self.chance.choice(self.given)} {self.chance.choice(self.family)}"

    def recent(self) -> str:
        """The day of a meeting, a letter or a result."""
        day = TODAY - timedelta(days=self.chance.randint(1, 1500))
        return self.chance.choice([f"{day:%d/%m/%Y}", f"{day:%d %B %Y}", f"{day:%d.%m.%y}", f"{day:%d %b %y}"])

    def lab(self) -> str:
        """A result with its unit."""
        name, low, high, unit = self.chance.choice(words.LABS)
        return f"{name} {self.chance.randint(low, high)}{self.chance.choice(['', ' ' + unit])}"

    def code(self) -> str:
        """A code that is nobody's: a guideline's, a sample's, a ward's, a batch's."""
        return self.chance.choice(
            [
                f"NG{self.chance.randint(1, 250)}",
                f"QOF {self.chance.choice(['DM', 'HYP', 'AST'])}{self.chance.randint(1, 40):03d}",
                f"sample {self.chance.randint(10**7, 10**8)}",
                f"batch {self.chance.choice('ABCDEF')}{self.chance.randint(1000, 9999)}{self.chance.choice('XYZ')}",
                f"ICD-10 {self.chance.choice('EIJKM')}{self.chance.randint(10, 99)}.{self.chance.randint(0, 9)}",
                f"form FP10{self.chance.choice(['', 'MDA', 'REC'])}",
                f"SNOMED {self.chance.randint(10**8, 10**9)}",
            ]
        )
