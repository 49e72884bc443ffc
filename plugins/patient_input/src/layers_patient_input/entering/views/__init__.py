"""Pages for staff who type in what patients said: cards in a grid, calls one by one."""

from layers_patient_input.entering.views import calls, cards, lately

__all__ = ["calls", "cards", "lately"]
