"""`layers patients`: what patients sent, for whoever runs the instance."""

from __future__ import annotations

import click

from layers_patient_input.importing.commands import import_answers


@click.group()
def patients() -> None:
    """Patients' answers."""


patients.add_command(import_answers)
