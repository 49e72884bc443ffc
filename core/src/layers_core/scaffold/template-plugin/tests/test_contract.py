"""The contract that every plugin keeps."""

from __future__ import annotations

from layers_core.testkit.contract import PluginContract
from layers_sample.plugin import Plugin


class TestContract(PluginContract):
    plugin = Plugin
    samples = {"sample.entry": [{"text": "One line"}, {"text": "Two\n\nparagraphs"}]}
    extras = {"sample.entry": {"topic": "place"}}
