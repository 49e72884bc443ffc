"""Files that belong to a thing: pictures, sound, documents. `prepare` checks and cleans one.

What is prepared goes into `Draft.attachments` (or `Unit.attach`), and is stored in the same unit as the thing.
"""

from __future__ import annotations

import hashlib
import io
from typing import IO, cast

from layers_core.artefacts.attachments.naming import clean_name
from layers_core.artefacts.attachments.refused import Refused
from layers_core.contract import Prepared
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

__all__ = ["Prepared", "Refused", "family", "limit", "prepare"]

MEGABYTE = 1024 * 1024


def limit(name: str) -> int:
    """One of the limits of `data/attachment_limits.json`. Raises KeyError."""
    return cast("int", vocabulary("attachment_limits")[name])


def family(media_type: str) -> str:
    """What kind of file a type is: "picture", "sound" or "document"."""
    entry = vocabulary("attachment_types").get(media_type)
    return cast("str", entry["family"]) if entry else "document"


def prepare(name: str, stream: IO[bytes] | bytes) -> Prepared:
    """Check and clean a file that somebody sends: its type is found from its content, never from its name.

    Pictures are drawn anew without what cameras add, sound loses its tags and documents their author's name. Raises
    Refused, with words for the sender.
    """
    from layers_core.artefacts.attachments.cleaning import cleaned

    source = io.BytesIO(stream) if isinstance(stream, bytes) else stream
    most = limit("bytes_a_file")
    content = source.read(most + 1)
    if not content:
        raise Refused(_("%(name)s is empty. Choose another file", name=clean_name(name)))
    if len(content) > most:
        raise Refused(
            _(
                "%(name)s is larger than %(size)d MB. Choose a smaller file",
                name=clean_name(name),
                size=most // MEGABYTE,
            )
        )
    try:
        media_type, content = cleaned(content)
    except Refused as why:
        raise Refused(f"{clean_name(name)}: {why}") from why
    extension = vocabulary("attachment_types")[media_type]["extension"]
    digest = hashlib.sha256(content).hexdigest()
    return Prepared(clean_name(name, extension), media_type, digest, len(content), content)
