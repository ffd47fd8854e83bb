"""At which line of a rules file something is: `tomllib` does not tell."""

from hitl_engine.configuration.toml_lines import statements

TABLE = "rule"
"""The name of the tables `[[rule]]`."""


def line_in_rule(text: str, index: int, path: tuple[str, ...] = ()) -> int | None:
    """Return the line, from 1, that sets a path in the rule with this index; else that of the rule."""
    begins = None
    nearest, depth = None, 0
    number = -1
    for statement in statements(text):
        number += statement.is_header and statement.path == (TABLE,)
        if number != index:
            continue
        line = statement.first + 1
        begins = begins or line
        inner = {each[1:] for each in statement.inner} | {statement.path[1:]}
        for length in range(len(path), depth, -1):
            if path[:length] in inner:
                nearest, depth = line, length
    return nearest or begins


def line_of_key(text: str, key: str) -> int | None:
    """Return the line, from 1, at which a key or table begins that is not inside of a rule."""
    for statement in statements(text):
        if statement.path[0] == key:
            return statement.first + 1
    return None
