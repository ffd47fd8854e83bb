"""A graph that cannot be imported, with a hostile reason."""

import json
from pathlib import Path

graph = None
raise RuntimeError("\n".join(json.loads((Path(__file__).parent / "names.json").read_text())))
