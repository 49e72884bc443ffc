"""Forms of a practice's own, in a marked world. Holds no tests."""

from __future__ import annotations

from layers_core.practices import access
from layers_core.practices.models import PublicLink
from layers_patient_input import catalogue
from layers_patient_input import service as patients
from layers_patient_input.catalogue import own_code
from layers_patient_input.own_forms import as_fhir
from layers_patient_input.own_forms import service as own_forms
from layers_patient_input.own_forms.building import Building, Question
from layers_patient_input.ways_in import service as ways_in

from .words import MANOR, MODERATOR, ROLES, Marked


def forms(marked: Marked) -> None:
    """A form that is a draft, and one that patients answer, with an answer that waits."""
    world = marked.site.world
    artefacts, manager = world.artefacts, world.actor("manager")
    made = {}
    for name, readers in (("draftform", MANOR), ("openform", frozenset(ROLES))):
        ask = Question("q1", "long", marked.word(f"{name}question", readers))
        built = Building(marked.word(name, readers), (ask,))
        wish = own_forms.Wish(lambda url, version, built=built: as_fhir.written(built, {}, url, version), "built")
        made[name] = own_forms.keep_new(artefacts, manager, wish, name)
    own_forms.offer(artefacts, manager, made["openform"], is_open=True)
    code = own_code(made["openform"])
    token = ways_in.open_way_in(artefacts, manager, code, "online")
    with world.database.read() as session:
        practice = access.find_practice(session, world.host, slug="manor")
        link = session.get_one(PublicLink, token)
        form = catalogue.find(session, practice, {}, code)
    words = {"linkId": "q1", "answer": [{"valueString": marked.word("formwaiting", MODERATOR)}]}
    patients.take_answer(artefacts, practice, link, "own form", patients.Given(form, "en", [words]))
    marked.keys["form_code"] = [own_code(made["draftform"]), code, "fft"]
    marked.keys["language_code"] = ["pl"]
    marked.keys["token"].append(token)
