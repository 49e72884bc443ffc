"""The name that a file goes by: what its sender called it, without what could mislead or harm."""

from __future__ import annotations

import unicodedata

MOST = 120
OTHER_SPELLINGS = {
    ".jpg": (".jpeg", ".jpe"),
    ".ogg": (".opus", ".oga"),
    ".m4a": (".mp4", ".aac"),
    ".txt": (".md", ".csv"),
}


def clean_name(name: str, extension: str = "") -> str:
    """A name without folders, control characters and marks that turn the direction of writing.

    With `extension`, the name ends as its content demands, so that "note.exe" which is a text is called "note.exe.txt".
    """
    bare = name.replace("\\", "/").rpartition("/")[2]
    kept = (" " if char.isspace() else char for char in unicodedata.normalize("NFC", bare))
    bare = " ".join("".join(char for char in kept if unicodedata.category(char)[0] != "C").split()).strip(". ")
    if not extension:
        return bare[:MOST] or "file"
    endings = (extension, *OTHER_SPELLINGS.get(extension, ()))
    ending = next((known for known in endings if bare.lower().endswith(known)), "")
    stem = bare[: len(bare) - len(ending)] if ending else bare
    return f"{stem[:MOST].strip() or 'file'}{extension if ending in ('', extension) else ending}"
