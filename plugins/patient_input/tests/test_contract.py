"""Patient input keeps the contract that every plugin keeps."""

from __future__ import annotations

from layers_core.testkit.contract import PluginContract
from layers_patient_input.kinds import ANSWER, THEME, YOU_SAID
from layers_patient_input.plugin import Plugin


class TestContract(PluginContract):
    """The contract suite of the test kit."""

    plugin = Plugin
    samples = {
        ANSWER: [
            {
                "form": "fft",
                "form_version": 1,
                "scale_version": "2020",
                "score": "poor",
                "form_title": "",
                "parts": [
                    {
                        "link_id": "text",
                        "question": "What could we have done better?",
                        "text": "The print was small",
                        "translation": "",
                        "words": True,
                    }
                ],
                "language": "en",
                "method": "online",
                "received_month": "2026-11",
            }
        ],
        THEME: [{"about": "Letters that are hard to read", "words": ["print", "large print"]}],
        YOU_SAID: [
            {
                "theme": "Letters in large print",
                "you_said": "Some of you can’t read our letters.",
                "we_learned": "Nobody had asked.",
                "we_did": "We print in 18 point.",
            }
        ],
    }
    not_by_members = frozenset({ANSWER})
