"""The page about sending oneself notes by e-mail."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.i18n import gettext as _
from layers_core.web import current, instance_settings, policy, submitted
from layers_reflect.kinds import WRITE
from layers_reflect.mail import reading, service
from layers_reflect.views import staff


@staff.get("/by-e-mail")
@policy("member", WRITE)
def by_mail() -> str:
    """One's own address, and the messages that were not kept."""
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
    )


@staff.post("/by-e-mail")
@policy("member", WRITE)
def change_mail() -> ResponseReturnValue:
    """Make an address, make it anew, or take it back."""
    settings = instance_settings()
    if submitted().get("do") == "withdraw":
        service.withdraw(current.artefacts, current.actor)
        flash(_("Your address is withdrawn. Messages to it are not kept any more."), "success")
    elif settings.mail_domain:
        service.renew(current.artefacts, current.actor, settings.secret_key)
        flash(_("This is your address from now on."), "success")
    else:
        abort(404)
    return redirect(url_for("reflect.by_mail"), 303)
