"""Mutants that no test can notice, each with the reason."""

from tests.core_figures.mutants import Mutant

_SLOWER = "The shortcut is only quicker: what it leaves out is found by a look at each character."
_NOT_FOUND = "No checkpoint has this id."

EQUIVALENT: dict[str, dict[tuple[str, str], str]] = {
    "visible": {
        ("_USUAL = bytes([9, 10, *range(0x20, 0x7F)])", "9 -> 10"): _SLOWER,
        ("_USUAL = bytes([9, 10, *range(0x20, 0x7F)])", "32 -> 33"): _SLOWER,
        (
            "text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)",
            "False -> True",
        ): "Only Python 3.11 needs this line: since 3.12 both ways go equally deep.",
    },
    "characters.hidden": {
        (
            r'return "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in ranges)',
            "'' -> 'XX'",
        ): _SLOWER,
    },
    "deciding.preconditions": {
        ("raise NotTaken(", "0 -> 1"): "All questions of a task are of one node.",
    },
    "deciding.verification": {
        (
            "for number, (call, verdict) in enumerate(zip(review.calls, verdicts, strict=True), 1):",
            "True -> False",
        ): "The lengths were compared before.",
        (
            "if first is None or last is None:",
            "first is None or last is None -> first is None and last is None",
        ): "The calls are found from the front exactly if they are found from the back.",
    },
    "deciding.rivals": {
        ('state = by_id.get((parent and parent.checkpoint_id) or "")', "'' -> 'XX'"): _NOT_FOUND,
    },
}
"""Module -> (line, change), as in `Mutant` -> why it behaves as the module does."""


def is_equivalent(mutant: Mutant) -> bool:
    """Return whether a mutant is known to behave as its module does."""
    return (mutant.place, mutant.change) in EQUIVALENT.get(mutant.module, {})
