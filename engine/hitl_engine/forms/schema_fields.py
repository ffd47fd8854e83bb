"""Fields out of a JSON Schema, as pydantic, dataclasses, TypedDict and people write it.

Total: if no field can hold a part of the schema, that part is asked for as JSON, and the field
has the reason. References are followed within the schema only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from hitl_engine.fingerprint import canonical_json
from hitl_engine.model import FieldKind, FormField, JsonObject, JsonValue, Variant

_LONG_TEXT = 200
"""From this many characters on (`maxLength`, or the default's length) a text gets an editor."""
_MOST_FIELDS = 500
"""A schema can have more fields than a person fills in; the rest is asked for as JSON."""
_SCALARS: dict[str, FieldKind] = {"integer": "integer", "number": "number", "boolean": "boolean"}


def form_of(schema: JsonObject) -> FormField:
    """Return the form of an entire schema: one field without a name, of whatever kind."""
    return _Drawing(schema).field(schema, title="")


def form_of_input(schema: JsonObject) -> FormField:
    """Return the form of the input of a graph: of the messages of a chat, one text is asked for.

    Their schema holds a dozen shapes of ten fields each; mostly a person begins with one message.
    """
    form = form_of(schema)
    return replace(form, fields=tuple(_without_chat(field, schema) for field in form.fields))


def _without_chat(field: FormField, schema: JsonObject) -> FormField:
    tags = {tag for each in field.item.variants for tag in each.tags} if field.item else set()
    is_chat = {"human", "ai"} <= tags or _is_marked_as_chat(field.name, schema)
    if not (is_chat or _is_called_messages(field, schema)):
        return field
    hint = "the text of one message, from you; as JSON any messages"
    return replace(field, kind="long_text", item=None, beyond="", hints=(hint,), is_chat=True)


def _is_marked_as_chat(name: str, schema: JsonObject) -> bool:
    """Whether LangGraph for JavaScript marks the messages, whose shapes its schema leaves out."""
    match schema.get("properties"):
        case {**parts} if isinstance(part := parts.get(name), dict):
            return part.get("langgraph_type") == "messages"
    return False


def _is_called_messages(field: FormField, schema: JsonObject) -> bool:
    """Whether it is `messages: Annotated[list, add_messages]`, whose schema tells nothing more."""
    match schema.get("properties"):
        case {"messages": {"type": "array"}} if field.name == "messages":
            return field.item is None or field.item.kind == "json"
    return False


class _Drawing:
    """Makes the fields of one schema, and counts them."""

    def __init__(self, root: JsonObject) -> None:
        self._root = root
        self._drawn = 0

    def field(
        self,
        part: JsonValue,
        *,
        title: str,
        name: str = "",
        required: bool = True,
        within: frozenset[str] = frozenset(),
    ) -> FormField:
        """Return the field of a part; `within` holds the references that led to it."""
        self._drawn += 1
        schema, within, nullable = self._plain(part, within)
        field = FormField(
            name=name,
            title=_text(part, "title") or title or _text(schema, "title"),
            kind="json",
            required=required,
            description=_text(schema, "description"),
            default=schema.get("default"),
            has_default="default" in schema,
            nullable=nullable,
            hints=tuple(_hints(schema)),
        )
        if self._drawn > _MOST_FIELDS:
            return replace(field, beyond="There are too many fields.")
        if "$ref" in schema:
            return replace(field, beyond="Its schema refers to itself, or to something missing.")
        return self._of_kind(field, schema, within)

    def _of_kind(self, field: FormField, schema: JsonObject, within: frozenset[str]) -> FormField:
        branches = _branches(schema)
        if branches and "properties" not in schema:
            return self._union(field, branches, within)
        if any(isinstance(branch, dict) and "properties" in branch for branch in branches):
            return replace(field, beyond="Its shapes share some of their fields.")
        if "const" in schema:
            return replace(field, kind="fixed", choices=(schema["const"],))
        match schema:
            case {"enum": list(choices)} if choices:
                return replace(field, kind="choice", choices=tuple(choices))
            case {"type": "string"}:
                return replace(field, kind="long_text" if _is_long(schema) else "text")
            case {"type": str(scalar)} if scalar in _SCALARS:
                return replace(field, kind=_SCALARS[scalar])
            case {"type": "array", "items": dict(item)} if "prefixItems" not in schema:
                drawn = self.field(item, title="", within=within)
                return replace(field, kind="list", item=drawn)
            case {"properties": dict(parts)} if self._drawn + len(parts) > _MOST_FIELDS:
                return replace(field, beyond="There are too many fields.")
            case {"properties": dict(properties)} if schema.get("type", "object") == "object":
                fields = self._properties(properties, schema.get("required"), within)
                return replace(field, kind="object", fields=fields)
            case {"type": "null"}:
                return replace(field, kind="fixed", choices=(None,))
            case {"type": "object"}:
                return replace(field, beyond="Its keys can be anything.")
            case {"type": "array"}:
                return replace(field, beyond="Its items are of different kinds.")
            case _:
                return replace(field, beyond="It accepts any JSON.")

    def _properties(
        self, properties: JsonObject, required: JsonValue, within: frozenset[str]
    ) -> tuple[FormField, ...]:
        needed = required if isinstance(required, list) else []
        return tuple(
            self.field(part, title=name, name=name, required=name in needed, within=within)
            for name, part in properties.items()
        )

    def _union(
        self, field: FormField, branches: list[JsonValue], within: frozenset[str]
    ) -> FormField:
        plain = [self._plain(branch, within)[0] for branch in branches]
        if all("const" in branch for branch in plain):
            return replace(
                field,
                kind="choice",
                choices=tuple(branch["const"] for branch in plain),
                labels=tuple(
                    _text(branch, "title") or canonical_json(branch["const"]) for branch in plain
                ),
            )
        tag = _tag(plain)
        variants = tuple(
            Variant(
                field=self.field(branch, title=_variant_title(known, tag), within=within),
                types=_types(known),
                tag=tag,
                tags=_fixed(known, tag),
            )
            for branch, known in zip(branches, plain, strict=True)
        )
        if not tag and not _are_apart(variants):
            return replace(field, beyond="Its shapes cannot be told apart.")
        return replace(field, kind="variants", variants=variants)

    def _plain(
        self, part: JsonValue, within: frozenset[str]
    ) -> tuple[JsonObject, frozenset[str], bool]:
        """Follow references, and take null out of unions: (schema, references, nullable).

        A reference that cannot be followed stays in the schema.
        """
        schema = part if isinstance(part, dict) else {}
        nullable = False
        while True:
            reference = schema.get("$ref")
            if isinstance(reference, str):
                target = self._target(reference)
                if target is None or reference in within:
                    return schema, within, nullable
                within |= {reference}
                schema = _merged(target, _without(schema, "$ref"))
                continue
            match schema:
                case {"allOf": [dict(first), *others]}:
                    rest: JsonObject = {"allOf": others} if others else {}
                    schema = _merged(first, {**_without(schema, "allOf"), **rest})
                    continue
                case {"type": list()} if _branches(schema) or schema.keys() & {"enum", "const"}:
                    schema = _without(schema, "type")
                case {"type": list(types)}:
                    union: list[JsonValue] = [_of_type(schema, each) for each in types]
                    schema = {**_without(schema, "type"), "anyOf": union}
            branches = _branches(schema)
            some = [branch for branch in branches if not _is_null(branch)]
            if len(some) == len(branches) > 1 or not some:
                return schema, within, nullable
            nullable = nullable or len(some) < len(branches)
            key = "anyOf" if "anyOf" in schema else "oneOf"
            if len(some) > 1:
                return {**schema, key: some}, within, nullable
            only_one = some[0] if isinstance(some[0], dict) else {}
            schema = _merged(only_one, _without(schema, key))

    def _target(self, reference: str) -> JsonObject | None:
        """Return what a reference within the schema means: `#/$defs/Name`."""
        found: JsonValue = self._root
        if not reference.startswith("#"):
            return None
        for step in filter(None, reference[1:].split("/")):
            key = step.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None


def _merged(inner: JsonObject, outer: JsonObject) -> JsonObject:
    """Keys next to a reference or union are added to its target, and override it."""
    merged = {**inner, **outer}
    if "properties" in inner and "properties" in outer:
        merged["properties"] = {**_properties_of(inner), **_properties_of(outer)}
    match inner, outer:
        case {"required": list(some)}, {"required": list(more)}:
            merged["required"] = [*some, *more]
    return merged


def _without(schema: JsonObject, key: str) -> JsonObject:
    return {name: value for name, value in schema.items() if name != key}


def _of_type(schema: JsonObject, kind: JsonValue) -> JsonObject:
    """Return one branch of `"type": [...]`; the keys next to it apply to each."""
    kept = _without(_without(schema, "title"), "default")
    return {**_without(kept, "description"), "type": kind}


def _branches(schema: JsonObject) -> list[JsonValue]:
    for key in ("anyOf", "oneOf"):
        branches = schema.get(key)
        if isinstance(branches, list):
            return branches
    return []


def _is_null(schema: JsonValue) -> bool:
    return isinstance(schema, dict) and (
        schema.get("type") == "null" or ("const" in schema and schema["const"] is None)
    )


# Telling variants apart


def _tag(branches: list[JsonObject]) -> str:
    """Return the property whose fixed values differ between all branches, or nothing."""
    names = [set(_properties_of(branch)) for branch in branches]
    for name in sorted(set.intersection(*names)):
        tags = [canonical_json(value) for branch in branches for value in _fixed(branch, name)]
        if all(_fixed(branch, name) for branch in branches) and len(set(tags)) == len(tags):
            return name
    return ""


def _fixed(branch: JsonObject, name: str) -> tuple[JsonValue, ...]:
    """Return what a property of a branch may be, where that is fixed."""
    match _properties_of(branch).get(name):
        case {"const": value}:
            return (value,)
        case {"enum": list(values)}:
            return tuple(values)
        case _:
            return ()


def _properties_of(schema: JsonObject) -> JsonObject:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _types(schema: JsonObject) -> tuple[str, ...]:
    match schema:
        case {"type": str(kind)}:
            return (kind,)
        case {"const": value}:
            return (json_type(value),)
        case {"enum": list(values)}:
            return tuple({json_type(value): None for value in values})
        case _:
            return ()


def _are_apart(variants: Iterable[Variant]) -> bool:
    """Return whether the JSON type alone shows which variant a value is; every integer is a number."""
    types = [
        "number" if kind == "integer" else kind
        for variant in variants
        for kind in variant.types or ("", "")
    ]
    return len(set(types)) == len(types)


def json_type(value: JsonValue) -> str:
    """Return the JSON Schema type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


_VARIANT_TITLES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
}


def _variant_title(schema: JsonObject, tag: str) -> str:
    fixed = _fixed(schema, tag)
    if fixed:
        return ", ".join(value if isinstance(value, str) else str(value) for value in fixed)
    return " or ".join(_VARIANT_TITLES.get(kind, kind) for kind in _types(schema))


# Texts about a field


def _text(schema: JsonValue, key: str) -> str:
    value = schema.get(key) if isinstance(schema, dict) else None
    return value if isinstance(value, str) else ""


def _is_long(schema: JsonObject) -> bool:
    length, default = schema.get("maxLength"), schema.get("default")
    size = len(default) if isinstance(default, str) else 0
    return max(length if isinstance(length, int) else 0, size) >= _LONG_TEXT


_HINTS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matching {}",
}
FORMATS = {
    "date-time": "a date and time, as 2026-01-31T10:00:00Z",
    "date": "a date, as 2026-01-31",
    "time": "a time, as 10:00:00",
    "email": "an email address",
    "uri": "a URL",
    "uuid": "a UUID",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
}
"""The formats that are checked, in words."""
TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
"""The types of JSON, in words."""


def _hints(schema: JsonObject) -> Iterator[str]:
    for key, words in _HINTS.items():
        limit = schema.get(key)
        if isinstance(limit, str | int | float) and not isinstance(limit, bool):
            yield words.format(limit)
    if schema.get("uniqueItems") is True:
        yield "no item twice"
    if hint := FORMATS.get(_text(schema, "format")):
        yield hint
