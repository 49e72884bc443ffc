"""What quarantine means for the rest of the process."""

from __future__ import annotations

from typing import Any

from layers_core.contract import Permission, hookimpl
from layers_core.testkit.plugins import ExamplePlugin, MakeHost, mix_of


def test_a_quarantined_plugin_s_hooks_are_never_called(make_host: MakeHost) -> None:
    class Half(ExamplePlugin):
        @hookimpl
        def layers_permissions(self) -> list[Permission]:
            raise OSError

    half = Half()
    host = make_host(half, raise_faults=False)
    assert host.quarantined[0].slug == "example"
    actor: Any = None
    assert host.doors.page("layers_capture_forms", mix_of("example"), practice=None, actor=actor) == []
    assert half.asked == []
    assert host.registry.kinds.keys() & {"example.note"} == set()
