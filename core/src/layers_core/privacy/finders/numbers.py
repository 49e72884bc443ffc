"""NHS numbers, National Insurance numbers and phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from stdnum.gb import nhs

from layers_core.privacy.finders import Hit
from layers_core.privacy.vocabulary import data

# Whole, or in the printed grouping 3-3-4; both may stand beside other numbers. Overlapping on purpose (lookahead).
_NHS_PRINTED = re.compile(
    r"(?<![0-9])(?<![0-9]\.)(?=([0-9]{10}|[0-9]{3}[ \-.]{1,3}[0-9]{3}[ \-.]{1,3}[0-9]{4})(?![0-9]))"
)
# Any other grouping (5-5, digit by digit) only where no further number follows or precedes: a row of readings does.
_NHS_SPACED = re.compile(r"(?<![0-9])(?<![0-9][ \-])(?<![0-9]\.)[0-9](?:[ \-]{0,3}[0-9]){9}(?![ \-]{0,3}[0-9])")

# Two letters, six digits, and a letter A to D, which people leave out.
_NINO = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z]{2})[ \-]{0,2}[0-9]{2}(?:[ \-]{0,2}[0-9]{2}){2}(?:[ \-]{0,2}([A-Da-d]))?(?![A-Za-z0-9])"
)
_NINO_WINDOW = 24

# National: 0 and the rest of the area code in one piece. International: + or 00.
_PHONE = re.compile(
    r"(?<![0-9+])(?:"
    r"(?P<national>\(?0[1-9][0-9]{1,4}\)?(?:[ \-./]{0,2}[0-9]){5,9})"
    r"|(?P<international>(?:\+|00)[ ]?[1-9](?:[ \-./()]{0,3}[0-9]){7,15})"
    r")"
)
_NOT_DIGITS = re.compile(r"[^0-9]")
_FEWEST_DIGITS = 9
_BRITISH_LENGTHS = (9, 10)  # without the 0
_REGIONS_OF_44 = ("GB", "GG", "JE", "IM")
_FOREIGN_DIGITS = (9, 15)  # the country code included
_NORTH_AMERICAN_DIGITS = 11
# Ofcom gives out new blocks of mobile numbers all the time, and a list of those in use is always behind.
_MOBILE = re.compile(r"7[0-9]{9}")
_DATE_SHAPE = re.compile(r"0[1-9][\-./][0-9]{1,2}[\-./][0-9]{2,4}(?![0-9])")
# Ofcom keeps these for drama; phonenumbers calls them invalid, yet they are what people type in an example.
_DRAMA_NUMBER = re.compile(r"0(?:1(?:134|144|154|164|174|184|914|214|314|414|514|614)960)[0-9]{3}")


def _is_nhs_number(digits: str) -> bool:
    # stdnum takes 0000000000 for valid: its check digit is right, but a repeated digit is nobody's number.
    if len(set(digits)) == 1:
        return False
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    # The quick sum first keeps a page full of digits fast; stdnum decides.
    return (11 - check) % 11 == int(digits[9]) and nhs.is_valid(digits)


def find_nhs_numbers(text: str) -> Iterator[Hit]:
    """Find NHS numbers: ten digits with a right check digit (modulus 11), with or without spaces and dashes."""
    for match in _NHS_PRINTED.finditer(text):
        if _is_nhs_number(_NOT_DIGITS.sub("", match[1])):
            yield Hit(match.start(1), match.end(1), "nhs_number")
    for match in _NHS_SPACED.finditer(text):
        if _is_nhs_number(_NOT_DIGITS.sub("", match[0])):
            yield Hit(match.start(), match.end(), "nhs_number")


@cache
def _nino_cues() -> re.Pattern[str]:
    cues = "|".join(map(re.escape, sorted(data()["nino_cues"], key=len, reverse=True)))
    return re.compile(rf"(?<![^\W\d_])(?:{cues})(?![^\W\d_])", re.IGNORECASE)


def find_ninos(text: str) -> Iterator[Hit]:
    """Find National Insurance numbers whose prefix is given out (HMRC, NIM39110).

    Without its last letter a number counts only where the words before it say what it is.
    """
    never = data()["nino_never"]
    for match in _NINO.finditer(text):
        prefix = match[1].upper()
        if prefix[0] in never["first"] or prefix[1] in never["second"] or prefix in never["prefixes"]:
            continue
        if match[2] or _nino_cues().search(text, max(0, match.start() - _NINO_WINDOW), match.start()):
            yield Hit(match.start(), match.end(), "nino")


@cache
def _calling_codes() -> frozenset[str]:
    # Imported when the first digits are looked at: 0.06 s of every start.
    import phonenumbers

    return frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def _is_british(national_number: str) -> bool:
    """Tell whether the digits after 0 or +44 are a number that somebody in Britain could have."""
    if _MOBILE.fullmatch(national_number) or _DRAMA_NUMBER.fullmatch("0" + national_number):
        return True
    if len(national_number) not in _BRITISH_LENGTHS:
        return False
    import phonenumbers

    number = phonenumbers.PhoneNumber(country_code=44, national_number=int(national_number))
    return any(phonenumbers.is_valid_number_for_region(number, region) for region in _REGIONS_OF_44)


def _is_foreign(digits: str) -> bool:
    """Tell whether the digits start with a real country code and have a length that E.164 allows.

    The rules of each country are left out: loading and trying them all would let one long text stall a page.
    """
    if digits.startswith("1"):  # North America: always ten digits after the 1
        return len(digits) == _NORTH_AMERICAN_DIGITS
    return _FOREIGN_DIGITS[0] <= len(digits) <= _FOREIGN_DIGITS[1] and any(
        digits[:length] in _calling_codes() for length in (1, 2, 3)
    )


def _is_phone(digits: str, *, national: bool) -> bool:
    if national:
        return _is_british(digits.removeprefix("0"))
    digits = digits.removeprefix("00")
    if digits.startswith("44"):
        return _is_british(digits.removeprefix("44").removeprefix("0"))  # +44 (0)1642 …
    return _is_foreign(digits)


def find_phones(text: str) -> Iterator[Hit]:
    """Find phone numbers: British ones in any grouping, others with their country code."""
    position = 0
    while match := _PHONE.search(text, position):
        end = _phone_end(text, match)
        if end:
            yield Hit(match.start(), end, "phone")
            position = end
        else:
            # Go on after the first block of digits only: the real number may start with the next one.
            position = match.start() + 1
            while position < len(text) and text[position].isdigit():
                position += 1


def _phone_end(text: str, match: re.Match[str]) -> int | None:
    """Return the end of the longest part of the match that is a phone number, or ``None``."""
    if _DATE_SHAPE.match(text, match.start()):
        return None
    national = match["national"] is not None
    end = match.end()
    while True:
        digits = _NOT_DIGITS.sub("", text[match.start() : end])
        if len(digits) < _FEWEST_DIGITS:
            return None
        ends_whole = end == len(text) or not text[end].isdigit()
        if ends_whole and _is_phone(digits, national=national):
            return end
        # Drop the last block of digits, and what stands before it.
        end -= 1
        while end > match.start() and text[end - 1].isdigit():
            end -= 1
        while end > match.start() and not text[end - 1].isdigit():
            end -= 1
