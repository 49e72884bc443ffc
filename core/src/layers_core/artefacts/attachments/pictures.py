"""Pictures, drawn anew: what remains is what can be seen, without place, time and camera."""

from __future__ import annotations

import io

from layers_core.artefacts.attachments.refused import Refused
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

KEPT_AS = {
    "JPEG": ("JPEG", "image/jpeg"),
    "PNG": ("PNG", "image/png"),
    "WEBP": ("WEBP", "image/webp"),
    "GIF": ("PNG", "image/png"),
}
QUALITY = 85


def drawn_anew(content: bytes, form: str) -> tuple[str, bytes]:
    """The picture as its reader sees it, turned upright and no larger than a page needs; of a GIF its first frame.

    `form` is Pillow's name of what the content claims to be; no other decoder is tried. Gives the media type and the
    new file. Raises Refused for a damaged picture and for one with more pixels than the limits allow.
    """
    # It takes long to import, and few requests bring a picture.
    from PIL import Image, ImageOps

    limits = vocabulary("attachment_limits")
    most = limits["pixels_a_jpeg" if form == "JPEG" else "pixels_a_picture"]
    target, media_type = KEPT_AS[form]
    try:
        with Image.open(io.BytesIO(content), formats=(form,)) as opened:
            # Only the head has been read: nothing is unpacked before its size is known to be harmless.
            if opened.width * opened.height > most:
                raise _too_many()
            opened.thumbnail((limits["longest_side"],) * 2)
            upright = ImageOps.exif_transpose(opened)
            see_through = target != "JPEG" and (upright.mode in {"LA", "RGBA", "PA"} or "transparency" in upright.info)
            flat = upright.convert("RGBA" if see_through else "RGB")
            # A new image has none of the old one's comments, places and dates.
            fresh = Image.new(flat.mode, flat.size)
            fresh.paste(flat)
    except Refused:
        raise
    except Image.DecompressionBombError as fault:
        raise _too_many() from fault
    except Exception as fault:
        # Pillow raises many kinds of error for damaged files; its words are not for readers.
        raise Refused(_("This picture is damaged. Choose another file")) from fault
    made = io.BytesIO()
    fresh.save(made, target, quality=QUALITY, optimize=True)
    return media_type, made.getvalue()


def _too_many() -> Refused:
    return Refused(_("This picture has too many pixels. Make it smaller, then choose it again"))
