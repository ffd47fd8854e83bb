"""Requests of the Server API written as Python, JavaScript or a shell command.

No secret is written: keys and other headers are taken from environment variables when the code runs.
All characters that are not ASCII are escaped, so that what is read is what runs.
"""

import json
import pprint
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hitl_engine.model import CodeLanguage, JsonObject, JsonValue

API_KEY = "x-api-key"
_KEY_VARIABLE = "LANGGRAPH_API_KEY"
_TOKEN_VARIABLE = "HITL_TUI_TOKEN"
_UNLIKE = re.compile(r"[^A-Za-z0-9]+")


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


def code_of(call: Call, language: CodeLanguage, url: str, headers: Sequence[str]) -> str:
    """Return a program that sends a request to `url`, and prints the reply as JSON.

    `headers`: the names of the headers that authenticate a request there.
    """
    variables = {name.lower(): _variable(name.lower()) for name in headers}
    match language:
        case CodeLanguage.PYTHON:
            lines = _python(call, url, variables)
        case CodeLanguage.JAVASCRIPT:
            lines = _javascript(call, url, variables)
        case CodeLanguage.CURL:
            lines = _curl(call, url, variables)
    return "\n".join(lines) + "\n"


def _variable(header: str) -> str:
    if header == API_KEY:
        return _KEY_VARIABLE
    if header == "authorization":
        return _TOKEN_VARIABLE
    return "HEADER_" + _UNLIKE.sub("_", header).upper()


def _needs(variables: Mapping[str, str]) -> str:
    return f"It needs {', '.join(variables.values())} in the environment." if variables else ""


# Python


def _python(call: Call, url: str, variables: Mapping[str, str]) -> Iterator[str]:
    yield f'"""{call.about} {_needs(variables)}'.rstrip() + '"""'
    yield ""
    yield "import asyncio"
    yield "import json"
    if variables:
        yield "import os"
    yield ""
    yield "from langgraph_sdk import get_client"
    yield ""
    yield ""
    yield "async def main() -> None:"
    yield "    client = get_client("
    yield f"        url={url!a},"
    if API_KEY in variables:
        yield f'        api_key=os.environ["{_KEY_VARIABLE}"],'
    others = {name: each for name, each in variables.items() if name != API_KEY}
    if others:
        yield f"        headers={{{', '.join(_python_header(*each) for each in others.items())}}},"
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


def _python_header(name: str, variable: str) -> str:
    value = f'os.environ["{variable}"]'
    return f'"{name}": {_bearer_python(value) if name == "authorization" else value}'


def _bearer_python(value: str) -> str:
    return f'"Bearer " + {value}'


def _python_value(value: JsonValue) -> str:
    text = pprint.pformat(value, width=88, sort_dicts=False)
    escaped = "".join(char if char.isascii() else ascii(char)[1:-1] for char in text)
    return escaped.replace("\n", "\n        ")


# JavaScript


def _javascript(call: Call, url: str, variables: Mapping[str, str]) -> Iterator[str]:
    yield f"// {call.about} {_needs(variables)}".rstrip()
    yield 'import { Client } from "@langchain/langgraph-sdk";'
    yield ""
    yield "const client = new Client({"
    yield f"  apiUrl: {_json(url)},"
    if API_KEY in variables:
        yield f"  apiKey: process.env.{_KEY_VARIABLE},"
    others = {name: each for name, each in variables.items() if name != API_KEY}
    if others:
        yield "  defaultHeaders: {"
        for name, variable in others.items():
            value = f"process.env.{variable}"
            bearer = f"`Bearer ${{{value}}}`" if name == "authorization" else value
            yield f"    {_json(name)}: {bearer},"
        yield "  },"
    yield "});"
    *places, last = [*map(_json, call.places), _javascript_options(call)]
    method = _camel(call.method)
    yield f"const reply = await client.{method}({', '.join([*places, last])});"
    yield "console.log(JSON.stringify(reply, null, 2));"


def _javascript_options(call: Call) -> str:
    options = [f"  {_camel(name)}: {_indented(value)}," for name, value in call.body.items()]
    return "\n".join(["{", *options, "}"]) if options else "{}"


def _indented(value: JsonValue) -> str:
    return _json(value, indent=2).replace("\n", "\n  ")


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


# A shell command


def _curl(call: Call, url: str, variables: Mapping[str, str]) -> Iterator[str]:
    yield f"# {call.about} {_needs(variables)}".rstrip()
    yield f"curl --silent --show-error --fail-with-body {shlex.quote(url.rstrip('/') + call.path)} \\"
    for name, variable in variables.items():
        bearer = "Bearer " if name == "authorization" else ""
        yield f'  --header "{name}: {bearer}${variable}" \\'
    yield "  --header 'content-type: application/json' \\"
    yield "  --data-binary @- <<'JSON'"
    placed: JsonObject = {call.place_in_body: call.places[-1]} if call.place_in_body else {}
    yield _json({**placed, **call.body}, indent=2)
    yield "JSON"


def _json(value: JsonValue, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent)
