"""Which value of indented JSON is on a line, and the value at a place."""

from hitl_engine.model import JsonValue, Path


def path_of_line(value: JsonValue, line: int) -> Path:
    """Return the place of what line `line` of the indented JSON shows, from 0.

    The last line of an object or a list belongs to it, as its first line does.
    """
    path: list[str | int] = []
    while line > 0 and (children := _children(value)):
        line -= 1
        for step, child in children:
            height = _height(child)
            if line < height:
                path.append(step)
                value = child
                break
            line -= height
        else:  # the bracket at the end
            break
    return tuple(path)


def value_at(value: JsonValue, path: Path) -> JsonValue:
    """Return the value at a place. Raises LookupError if there is none."""
    for step in path:
        match value, step:
            case dict(), str():
                value = value[step]
            case list(), int():
                value = value[step]
            case _:
                raise LookupError(step)
    return value


def _children(value: JsonValue) -> list[tuple[str | int, JsonValue]]:
    match value:
        case dict():
            return list(value.items())
        case list():
            return list(enumerate(value))
        case _:
            return []


def _height(value: JsonValue) -> int:
    """Return how many lines the indented JSON of a value has."""
    height, left = 0, [value]
    while left:
        match left.pop():
            case dict() as items if items:
                height += 2
                left += items.values()
            case list() as items if items:
                height += 2
                left += items
            case _:
                height += 1
    return height
