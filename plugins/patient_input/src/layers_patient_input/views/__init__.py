"""The pages of patient input: for staff under the practice, for patients under /p/ and behind a link's token."""

from layers_patient_input.views import answers, entries
from layers_patient_input.views.blueprints import public, staff
from layers_patient_input.views.patients import fft
from layers_patient_input.ways_in import views as ways_in

__all__ = ["answers", "entries", "fft", "public", "staff", "ways_in"]
