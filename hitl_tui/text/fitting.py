"""One-line texts cut or filled to a width in cells, and counts with their nouns."""

from rich.cells import cell_len, set_cell_size


def shortened(text: str, width: int) -> str:
    """Return `text`, cut at its end to fit `width` cells; an ellipsis shows the cut."""
    return text if cell_len(text) <= width else set_cell_size(text, max(0, width - 1)) + "…"


def shortened_in_middle(text: str, width: int) -> str:
    """Return `text`, cut in its middle to fit `width` cells; an ellipsis shows the cut."""
    if cell_len(text) <= width:
        return text
    half = max(1, (width - 1) // 2)
    return f"{text[: width - 1 - half]}…{text[-half:]}"


def padded(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells, cut or filled with spaces."""
    return set_cell_size(shortened(text, width), width)


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return a count with its noun: `1 item`, `2 items`, `1,000 items`, or `2 replies`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {nouns or f'{noun}s'}"


def longest_of_several(names: set[str]) -> int:
    """Return the characters of the longest name; 0 if there is only one name, or none."""
    return max(map(len, names)) if len(names) > 1 else 0
