"""Requests of the Server API written as Python, JavaScript or a shell command.

No secret is written: keys and other headers are taken from environment variables when the code runs.
All characters that are not ASCII are escaped, so that what is read is what runs.
"""

import json
import pprint
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hitl_engine.configuration.header_variables import HeaderVariable
from hitl_engine.model import CodeLanguage, JsonObject, JsonValue

_API_KEY = "x-api-key"
"""The SDKs take its value as an argument; without that, they send the key in their own variables."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: as a call of the SDKs, and as HTTP."""

    about: str
    """What it does, in a sentence."""
    method: str
    """Of the SDK's clients: `runs.wait`, `threads.update_state` or `threads.search`."""
    path: str
    places: tuple[str, ...]
    """The first arguments: ids."""
    body: JsonObject
    """Everything else, by the names of the Server API."""
    place_in_body: str = ""
    """The field of the body in which HTTP has the last of `places`, if it is not in the path."""


def code_of(call: Call, language: CodeLanguage, url: str, headers: Sequence[HeaderVariable]) -> str:
    """Return a program that sends a request to `url`, and prints the reply as JSON.

    `headers`: those that authenticate a request there.
    """
    match language:
        case CodeLanguage.PYTHON:
            lines = _python(call, url, headers)
        case CodeLanguage.JAVASCRIPT:
            lines = _javascript(call, url, headers)
        case CodeLanguage.CURL:
            lines = _curl(call, url, headers)
    return "\n".join(lines) + "\n"


def _needs(headers: Sequence[HeaderVariable]) -> str:
    names = ", ".join(each.variable for each in headers)
    return f"It needs {names} in the environment." if names else ""


def _abouts(headers: Sequence[HeaderVariable], comment: str) -> Iterator[str]:
    """Yield a comment of one line for each variable that the user has to set."""
    for each in headers:
        if each.about:
            yield f"{comment} {ascii(each.about)[1:-1]}"


# Python


def _python(call: Call, url: str, headers: Sequence[HeaderVariable]) -> Iterator[str]:
    yield f'"""{call.about} {_needs(headers)}'.rstrip() + '"""'
    yield from _abouts(headers, "#")
    yield ""
    yield "import asyncio"
    yield "import json"
    if headers:
        yield "import os"
    yield ""
    yield "from langgraph_sdk import get_client"
    yield ""
    yield ""
    yield "async def main() -> None:"
    yield "    client = get_client("
    yield f"        url={url!a},"
    key = next((f'os.environ["{each.variable}"]' for each in headers if _is_key(each)), "None")
    yield f"        api_key={key},"
    if others := [_python_header(each) for each in headers if not _is_key(each)]:
        yield f"        headers={{{', '.join(others)}}},"
    yield "    )"
    yield f"    reply = await client.{call.method}("
    for place in call.places:
        yield f"        {place!a},"
    for name, value in call.body.items():
        yield f"        {name}={_python_value(value)},"
    yield "    )"
    yield "    print(json.dumps(reply, indent=2))"
    yield ""
    yield ""
    yield "asyncio.run(main())"


def _is_key(header: HeaderVariable) -> bool:
    return header.header == _API_KEY


def _python_header(header: HeaderVariable) -> str:
    bearer = '"Bearer " + ' if header.is_bearer else ""
    return f'"{header.header}": {bearer}os.environ["{header.variable}"]'


def _python_value(value: JsonValue) -> str:
    text = pprint.pformat(value, width=88, sort_dicts=False)
    escaped = "".join(char if char.isascii() else ascii(char)[1:-1] for char in text)
    return escaped.replace("\n", "\n        ")


# JavaScript


def _javascript(call: Call, url: str, headers: Sequence[HeaderVariable]) -> Iterator[str]:
    yield f"// {call.about} {_needs(headers)}".rstrip()
    yield from _abouts(headers, "//")
    yield 'import { Client } from "@langchain/langgraph-sdk";'
    yield ""
    yield "const client = new Client({"
    yield f"  apiUrl: {_json(url)},"
    key = next((_javascript_key(each) for each in headers if _is_key(each)), "null")
    yield f"  apiKey: {key},"
    if others := [each for each in headers if not _is_key(each)]:
        yield "  defaultHeaders: {"
        for each in others:
            value = f"process.env.{each.variable}"
            bearer = f"`Bearer ${{{value}}}`" if each.is_bearer else value
            yield f"    {_json(each.header)}: {bearer},"
        yield "  },"
    yield "});"
    *places, last = [*map(_json, call.places), _javascript_options(call)]
    method = _camel(call.method)
    yield f"const reply = await client.{method}({', '.join([*places, last])});"
    yield "console.log(JSON.stringify(reply, null, 2));"


def _javascript_key(header: HeaderVariable) -> str:
    """Without a value, no key is sent; `undefined` would be replaced by one of the SDK's variables."""
    return f"process.env.{header.variable} || null"


def _javascript_options(call: Call) -> str:
    options = [f"  {_camel(name)}: {_indented(value)}," for name, value in call.body.items()]
    return "\n".join(["{", *options, "}"]) if options else "{}"


def _indented(value: JsonValue) -> str:
    return _json(value, indent=2).replace("\n", "\n  ")


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


# A shell command


def _curl(call: Call, url: str, headers: Sequence[HeaderVariable]) -> Iterator[str]:
    yield f"# {call.about} {_needs(headers)}".rstrip()
    yield from _abouts(headers, "#")
    yield f"curl --silent --show-error --fail-with-body {shlex.quote(url.rstrip('/') + call.path)} \\"
    for each in headers:
        bearer = "Bearer " if each.is_bearer else ""
        yield f'  --header "{each.header}: {bearer}${each.variable}" \\'
    yield "  --header 'content-type: application/json' \\"
    yield "  --data-binary @- <<'JSON'"
    placed: JsonObject = {call.place_in_body: call.places[-1]} if call.place_in_body else {}
    yield _json({**placed, **call.body}, indent=2)
    yield "JSON"


def _json(value: JsonValue, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent)
