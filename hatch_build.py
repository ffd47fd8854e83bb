"""Puts the sample graphs into a wheel, as data. An editable install finds them in the checkout."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SampleGraphs(BuildHookInterface):
    """A hook, because hatchling would copy included files into an editable install too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Include the samples; `version` is what is built: "standard" or "editable"."""
        if version == "standard":
            build_data["force_include"]["sample_graphs"] = "hitl_tui/sample_graphs"
