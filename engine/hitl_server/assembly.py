"""The whole application, put together from what takes long to import: LangGraph and the graphs."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from hitl_server.app import build_app
from hitl_server.custom_app import CustomApp
from hitl_server.identity.access import Access
from hitl_server.identity.project_auth import ProjectAuth
from hitl_server.loopback import LoopbackApp, offered_to_sdk
from hitl_server.project.config import ProjectConfig
from hitl_server.project.graphs import Graphs
from hitl_server.project.import_errors import ImportFailure
from hitl_server.server_parts import ServerParts
from hitl_server.storage.database import Database

if TYPE_CHECKING:
    from hitl_server.four_eyes.admission import FourEyes  # imports what few servers need


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """The code of a project, imported."""

    project: ProjectConfig
    graphs: Graphs
    auth: ProjectAuth | None
    custom: CustomApp | None
    loopback: LoopbackApp

    @classmethod
    def load(cls, project: ProjectConfig) -> "ProjectCode":
        """Import it. Raises `StartFailed`; graphs that cannot be imported are in `graphs.broken`."""
        loopback = offered_to_sdk()
        auth = ProjectAuth.load(project.auth) if project.auth else None
        custom = CustomApp.load(project.http.app) if project.http.app else None
        return cls(project, Graphs.load(project), auth, custom, loopback)


@dataclass(frozen=True, slots=True)
class WholeServer:
    """The application that answers every request, and what to tell about it at the start."""

    app: ASGIApp
    broken: Collection[ImportFailure]
    remarks: tuple[str, ...]


@asynccontextmanager
async def assembled(
    code: ProjectCode,
    database: Database,
    folder: Path,
    access_with: Callable[[ProjectAuth | None], Access],
    four_eyes: "FourEyes | None",
) -> AsyncIterator[WholeServer]:
    """Yield the whole application; its runs and its storage end with the block. Raises `StartFailed`.

    `folder` is for the database of the store. `four_eyes`: which questions need two reviewers.
    """
    project = code.project
    parts = await ServerParts.open(project, code.graphs, database, folder, four_eyes)
    try:
        remarks = (*project.remarks, *code.graphs.remarks)
        app, remarks = build_app(parts, access_with(code.auth), project.http, code.custom, remarks)
        code.loopback.serve(app)
        async with code.custom.lifespan() if code.custom else nullcontext():
            yield WholeServer(app, parts.graphs.broken.values(), remarks)
    finally:
        await parts.close()
