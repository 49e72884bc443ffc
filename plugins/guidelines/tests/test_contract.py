"""Guidelines keep the contract that every plugin keeps."""

from __future__ import annotations

from layers_core.testkit.contract import PluginContract
from layers_guidelines.kinds import DECISION, RECOMMENDATION
from layers_guidelines.plugin import Plugin


class TestContract(PluginContract):
    """The contract suite of the test kit."""

    plugin = Plugin
    samples = {
        RECOMMENDATION: [
            {
                "text": "Ask people in which format they can read letters.",
                "guideline": "Accessible information (example)",
                "source_name": "Example Guideline Group",
                "licence": "Made up for tests",
                "dated": "2025-03-01",
                "example": True,
            },
            {
                "text": "Print letters at 18 point.",
                "guideline": "Large print (example)",
                "source_name": "Example Guideline Group",
                "source_url": "https://guidelines.example/print",
                "licence": "Made up for tests",
                "version_label": "1.0",
                "dated": None,
                "dated_as_written": "2025",
                "strength": "weak-for",
                "certainty": "very-low",
                "status": "draft",
                "codes": [
                    {"rating": "strength", "system": "s", "code": "weak", "display": "Weak", "path": "action[0]"}
                ],
                "passages": [{"element": "purpose", "text": "To be read", "path": ""}],
                "documents": [{"title": "The paper", "url": "https://guidelines.example/paper"}],
                "reported": [{"path": "action[0]", "what": "A thing", "why": "Not known", "code": "unknown-code"}],
                "origin": "file",
                "edition": "e" * 64,
                "content_hash": "c" * 64,
                "path": "",
                "imported_on": "2026-11-22",
            },
        ],
        DECISION: [
            {
                "recommendation": "01939b3e-7c00-7000-8000-000000000000",
                "decision": "adapt",
                "reason": "Our printer does 16 point at most",
                "local_wording": "We print letters at 16 point.",
                "criteria": ["feasibility"],
                "review_on": "2027-11-22",
            }
        ],
    }
    # A decision is about a recommendation that is there; the tests of deciding make one first.
    not_by_members = frozenset({DECISION})
