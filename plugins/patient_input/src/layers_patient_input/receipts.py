"""Receipt codes: what lets a patient take an answer back later, without anybody knowing who they are.

The code is derived from the secret part of the form's nonce, so that the same submit sent twice shows the same code
although only hashes of both are kept.
"""

from __future__ import annotations

import hashlib
import hmac

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for another one."""
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "‐": None, "–": None, "_": None})
LENGTH = 16
"""Letters and digits of a code: 80 bits."""


def receipt_for(nonce_key: str) -> str:
    """The code of the answer that was sent with this nonce, in groups of four."""
    digest = hmac.digest(nonce_key.encode(), b"layers.patient-input.receipt", hashlib.sha256)
    number = int.from_bytes(digest[:10])
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(75, -5, -5))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))


def hash_of(code: str) -> str:
    """What is kept of a code. Case, spaces, hyphens and letters that look alike make no difference."""
    return hashlib.sha256(code.upper().translate(_READ_AS).encode("utf-8", "surrogatepass")).hexdigest()


def client_key_for(nonce_key: str) -> str:
    """What is kept of a nonce to recognise a repeat: the code can't be derived from it."""
    return hashlib.sha256(b"layers.patient-input.submit." + nonce_key.encode()).hexdigest()
