"""A server with questions that need two reviewers, and clients for each person."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.server.processes import SAMPLES
from tests.server.test_tokens import serving

RULES = """
[[rule]]
name = "secrets"
graph = "revise"
path = "$.text_to_revise"
values = ["secret", 7]
alone = { path = "$.verdict", values = ["no"] }

[[rule]]
name = "legal"
path = "$.question"
values = ["Is this legal?"]
"""
PEOPLE = ("ada", "bob", "carol", "dan")


class People:
    """A client for each person on one server; `owner` has a token without a name."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.of = {
            name: httpx.Client(base_url=url, headers={"x-api-key": f"of-{name}"}, timeout=30)
            for name in (*PEOPLE, "owner")
        }

    def asked(self, by: str = "owner", text: Any = "secret", graph: str = "revise") -> str:
        """Return a thread that asks about a text."""
        thread_id = str(uuid4())
        order = {"assistant_id": graph, "input": {"some_text": text}, "if_not_exists": "create"}
        answer = self.of[by].post(f"/threads/{thread_id}/runs/wait", json=order)
        assert answer.status_code == 200, answer.text
        return thread_id

    def answer(self, who: str, thread_id: str, resume: Any = "Edited", **more: Any) -> Any:
        """Send an answer; return the reply."""
        order = {"assistant_id": "revise", "command": {"resume": resume}, **more}
        return self.of[who].post(f"/threads/{thread_id}/runs/wait", json=order)

    def thread(self, thread_id: str) -> Any:
        """Return a thread, as everybody sees it."""
        return self.of["owner"].get(f"/threads/{thread_id}").json()

    def runs(self, thread_id: str) -> int:
        """Return how many runs a thread has."""
        return len(self.of["owner"].get(f"/threads/{thread_id}/runs").json())

    def close(self) -> None:
        """Close the clients."""
        for client in self.of.values():
            client.close()


def files(folder: Path, rules: str = RULES) -> tuple[Path, Path]:
    """Write a file of tokens and a file of rules; return both."""
    tokens, rule_file = folder / "tokens", folder / "rules.toml"
    tokens.write_text("".join(f"{name} = of-{name}\n" for name in PEOPLE))
    tokens.chmod(0o600)
    rule_file.write_text(rules)
    rule_file.chmod(0o600)
    return tokens, rule_file


@contextmanager
def four_eyes(
    folder: Path, target: Path = SAMPLES / "langgraph.json", rules: str = RULES
) -> Iterator[People]:
    """Serve a project with the rules, for the length of a block."""
    tokens, rule_file = files(folder, rules)
    options = (str(target), "--data", str(folder / "data"), "--tokens", str(tokens))
    secret = ("--token", "of-owner")
    with serving(*options, *secret, "--four-eyes", str(rule_file)) as url:
        people = People(url)
        yield people
        people.close()
