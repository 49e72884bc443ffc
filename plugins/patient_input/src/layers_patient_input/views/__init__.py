"""The pages of patient input: for staff under the practice, for patients under /p/ and behind a link's token."""

from layers_patient_input.care import views as care
from layers_patient_input.care.views import care_form
from layers_patient_input.entering import views as entering
from layers_patient_input.importing import views as importing
from layers_patient_input.loop.views import entries, packs, replies, tips, told, website
from layers_patient_input.moderating import views as moderating
from layers_patient_input.months import views as months
from layers_patient_input.own_forms.views import bringing, building, listing, results, translating
from layers_patient_input.themes import views as themes
from layers_patient_input.views.asking import public_form
from layers_patient_input.views.blueprints import public, staff
from layers_patient_input.ways_in import views as ways_in

__all__ = [
    "bringing",
    "building",
    "care",
    "care_form",
    "entering",
    "entries",
    "importing",
    "listing",
    "moderating",
    "months",
    "packs",
    "public",
    "public_form",
    "replies",
    "results",
    "staff",
    "themes",
    "tips",
    "told",
    "translating",
    "ways_in",
    "website",
]
