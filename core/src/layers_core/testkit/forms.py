"""What a browser sends for the answers to a form, for tests that fill in a page."""

from __future__ import annotations

from collections.abc import Mapping

from layers_core.forms.fields import field_name, option_key
from layers_core.forms.model import Item, Questionnaire


def typed(form: Questionnaire, answers: Mapping[str, str]) -> dict[str, str]:
    """The names and values of inputs for answers by linkId: an option's code or words, else what is written.

    It is for questions that stand once on the page. Raises KeyError for a linkId that the form lacks.
    """
    items = {item.link_id: item for item in form.walk()}
    return {field_name(items[link_id]): _value(items[link_id], text) for link_id, text in answers.items()}


def _value(item: Item, text: str) -> str:
    for option in item.options:
        data = option.value.data
        if text in (option.label.text, data.get("code") if isinstance(data, Mapping) else data):
            return option_key(option)
    return text
