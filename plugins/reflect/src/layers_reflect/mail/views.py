"""The page about sending oneself notes by e-mail."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import DraftRefused
from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_core.web import current, instance_settings, policy, submitted
from layers_reflect.kinds import WRITE
from layers_reflect.mail import allowing, reading, service
from layers_reflect.views import staff


@staff.get("/by-e-mail")
@policy("member", WRITE)
def by_mail() -> str:
    """One's own address, from where one sends, and the messages that were not kept."""
    return _page("\n".join(reading.senders(current.session, current.person.id)))


def _page(senders: str, problems: Sequence[Problem] = ()) -> str:
    settings = instance_settings()
    mine = reading.my_address(current.session, current.actor, settings.secret_key)
    return render_template(
        "reflect/mail/page.html",
        domain=settings.mail_domain,
        mine=mine,
        address=f"{mine.token}@{settings.mail_domain}" if mine and mine.token else "",
        email=current.person.email,
        refusals=reading.my_refusals(current.session, current.actor),
        kept_days=service.KEPT_DAYS,
        senders=senders,
        most=allowing.MOST,
        problems=list(problems),
    )


@staff.post("/by-e-mail")
@policy("member", WRITE)
def change_mail() -> ResponseReturnValue:
    """Make an address, make it anew, take it back, or say from where one sends."""
    settings, form = instance_settings(), submitted()
    if form.get("do") == allowing.FIELD:
        try:
            chosen = allowing.addresses_in(form.get(allowing.FIELD), settings.mail_domain)
        except DraftRefused as refused:
            return _page(form.get(allowing.FIELD), refused.problems), 422
        allowing.allow(current.artefacts, current.actor, chosen)
        flash(_("Messages from these addresses are kept from now on."), "success")
    elif form.get("do") == "withdraw":
        service.withdraw(current.artefacts, current.actor)
        flash(_("Your address is withdrawn. Messages to it are not kept any more."), "success")
    elif settings.mail_domain:
        change = service.renew if form.get("do") == "renew" else service.make
        change(current.artefacts, current.actor, settings.secret_key)
        flash(_("This is your address from now on."), "success")
    else:
        abort(404)
    return redirect(url_for("reflect.by_mail"), 303)
