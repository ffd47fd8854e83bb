"""Print an `aegra.json` made from a `langgraph.json`: `python deploy/aegra_json.py > aegra.json`.

Keys that Aegra 0.11 does not read are left out, and named on the standard error. The tokens of
`auth.py` are used unless the project has an `auth` section.
"""

import json
import sys
from pathlib import Path
from typing import Any

READ: dict[str, frozenset[str] | None] = {
    "dependencies": None,
    "graphs": None,
    "auth": frozenset({"path", "disable_studio_auth"}),
    "http": frozenset({"app", "enable_custom_route_auth", "cors"}),
    "store": frozenset({"index"}),
    "checkpointer": frozenset({"ttl"}),
}
"""The keys that Aegra reads, and those within them; None: all."""


def main() -> None:
    """Read `langgraph.json` in the current folder, or the file that is named."""
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "langgraph.json")
    config = json.loads(source.read_text())
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    for key, value in config.items():
        if key not in READ:
            left_out.append(key)
        elif (within := READ[key]) is None:
            kept[key] = value
        else:
            kept[key] = {name: value[name] for name in value if name in within}
            left_out += [f"{key}.{name}" for name in value if name not in within]
    kept["auth"] = {"path": "./deploy/auth.py:auth", **kept.get("auth", {})}
    kept["auth"]["disable_studio_auth"] = True
    print(json.dumps({key: value for key, value in kept.items() if value}, indent=2))
    if left_out:
        print(
            f"Aegra does not read, so these are left out: {', '.join(left_out)}.", file=sys.stderr
        )


if __name__ == "__main__":
    main()
