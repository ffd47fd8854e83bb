"""What a wheel contains beyond the packages, and what an editable install makes importable."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

IMPORTABLE = "build/importable"
"""The folder of links that an editable install adds to `sys.path`: `dev-mode-dirs`."""


class Packages(BuildHookInterface):
    """Puts the sample graphs into a wheel; gives an editable install our packages and no others.

    `dev-mode-exact` would do the second too, but its import hook needs a package that uv does not
    install, and editors and type checkers do not see through it.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Prepare the build of a wheel; `version` is "standard" or "editable"."""
        if version == "standard":
            build_data["force_include"]["sample_graphs"] = "hitl_tui/sample_graphs"
        else:  # it finds the samples in the checkout
            self._link_packages()

    def _link_packages(self) -> None:
        folder = Path(self.root, IMPORTABLE)
        folder.mkdir(parents=True, exist_ok=True)
        for package in map(Path, self.build_config.packages):
            link, target = folder / package.name, Path(self.root, package)
            if not (
                link.is_symlink() and link.readlink() == target
            ):  # a program may run through it
                link.unlink(missing_ok=True)
                link.symlink_to(target)
