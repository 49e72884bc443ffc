"""Refuse to build a wheel of the web shell whose front end has not been built."""

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NEEDED = ("nhsuk.css", "layers.js", "htmx.min.js", "sw.js")


class FrontEndPresent(BuildHookInterface[BuilderConfig]):
    """Check only; building the front end is the work of `dev.py assets`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Stop a build without `static/dist`; an editable install (`version` is "editable") may go on."""
        if version == "editable":
            return
        dist = Path(self.root) / "src" / "layers_webshell" / "static" / "dist"
        missing = [name for name in NEEDED if not (dist / name).is_file()]
        if missing:
            lacking = ", ".join(missing)
            raise RuntimeError(
                f"The front end is not built: {dist} lacks {lacking}. Run `python3 dev.py assets` first."
            )
