"""A short version of the figure `contests`, and that it counts what goes wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_engine.deciding.answerers import Answerers
from tests.figures import contested
from tests.figures.contested import Decided, what_is_wrong
from tests.json_values import Json
from tests.server.processes import Served, running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("contested")
    config = contested.project(folder / "project")
    with running_server(config, folder / "data") as served:
        yield served


async def test_one_decision_counts_and_the_others_are_told_whose(
    server: Served, tmp_path: Path
) -> None:
    counted, told = await contested.on(server, tmp_path, 60, 1)
    assert counted.tried >= 60 and told.tried >= 20
    assert (counted.wrong, told.wrong) == (0, 0), counted.first or told.first


async def test_whoever_is_not_told_whose_is_counted(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(*_: object) -> str:
        return ""

    monkeypatch.setattr(Answerers, "sender", nobody)
    monkeypatch.setattr(Answerers, "of", nobody)
    counted, told = await contested.on(server, tmp_path, 60, 1)
    assert counted.wrong == 0 and told.wrong > 0, counted.first


HERS: Json = {"decisions": [{"type": "approve"}]}
HIS: Json = {"decisions": [{"type": "reject", "message": "no"}]}


@pytest.mark.parametrize(
    ("labels", "did", "expected"),
    [
        (("applied", "refused"), [HERS], ""),
        (("applied", "refused"), [], "acted 0 times"),
        (("applied", "refused"), [HERS, HIS], "acted 2 times"),
        (("applied", "applied"), [HERS], "2 consoles were told"),
        (("applied", "refused"), [HIS], "is not what counted"),
        (("refused", "refused"), [HERS], "is not what counted"),
        (("applied", "unknown"), [HERS], "told unknown"),
        (("refused", "another client"), [HIS], ""),
        (("refused", "another client"), [HERS], "is not what counted"),
    ],
)
def test_what_goes_wrong_is_noticed(
    labels: tuple[str, str], did: list[Json], expected: str
) -> None:
    pairs = zip(("ada", "bob"), (HERS, HIS), labels, strict=True)
    found = what_is_wrong([Decided(*each) for each in pairs], did)
    assert expected in found and bool(found) == bool(expected)
