"""Who may use the server: the holders of tokens, those whom a project's handlers know, or all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from hitl_server.identity.authentication import AuthenticationMiddleware, TokenAuthenticator

if TYPE_CHECKING:
    from hitl_server.identity.project_auth import ProjectAuth  # imports the SDK


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use the server. Without tokens and handlers: all, under a loopback host name."""

    tokens: TokenAuthenticator | None
    auth: "ProjectAuth | None"
    is_configured: bool
    """Whether clients need a token of their own or are identified by handlers."""
    is_required: bool
    """Whether every request must be identified; if not, consoles may be, by their token."""

    def guard(self, app: ASGIApp) -> ASGIApp:
        """Return the application behind the authentication of callers."""
        authenticate = self.auth.authenticate if self.auth else None
        return AuthenticationMiddleware(
            app, self.tokens, authenticate, is_required=self.is_required
        )
