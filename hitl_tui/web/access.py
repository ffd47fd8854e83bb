"""Who may use the server of `hitl-tui web`: the browser that opened its link, and no other page.

Every request has to name our Host, so that a name which someone else points at 127.0.0.1 is refused,
and no other Origin; the socket has to name ours, because browsers open sockets to everywhere. The
link contains a token, for which a browser gets a cookie: other pages cannot read it, and SameSite
keeps it from their requests. Cookies do not belong to a port, so the name of ours contains it.
"""

import hmac
import secrets
from collections.abc import Mapping
from enum import Enum

_ADDRESS = "127.0.0.1"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self';"
        " img-src 'self' data:; connect-src 'self' {socket}; frame-ancestors 'none';"
        " base-uri 'none'; form-action 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""On every response; nothing is loaded from elsewhere, and no other page can show ours in a frame."""


class Refusal(Enum):
    """Why a request is refused: its status, and what its sender reads."""

    HOST = (421, "This server has another name. Open the link that hitl-tui web printed.")
    ORIGIN = (403, "Another page sent this request.")
    COOKIE = (401, "Open the link that hitl-tui web printed: it contains a token.")


class Access:
    """The token of the link, the cookie that it is exchanged for, and the name of the server."""

    def __init__(self, port: int) -> None:
        self.host = f"{_ADDRESS}:{port}"
        self.origin = f"http://{self.host}"
        self.socket = f"ws://{self.host}"
        self.cookie_name = f"hitl_tui_{port}"
        self._token = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)

    @property
    def link(self) -> str:
        """The address that a person opens."""
        return f"{self.origin}/?token={self._token}"

    @property
    def set_cookie(self) -> str:
        """The header that gives a browser the cookie, until it is closed."""
        return f"{self.cookie_name}={self._cookie}; HttpOnly; SameSite=Strict; Path=/"

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every response."""
        return {name: value.format(socket=self.socket) for name, value in HEADERS.items()}

    def is_token(self, text: str) -> bool:
        """Whether this is the token of the link."""
        return hmac.compare_digest(text.encode(), self._token.encode())

    def refusal(
        self, headers: Mapping[str, str], cookie: str, *, is_socket: bool, has_token: bool
    ) -> Refusal | None:
        """Return why a request is refused, or None. `headers` have names in lower case.

        With the token of the link, no cookie is needed, and a page elsewhere may contain the link.
        """
        if headers.get("host") != self.host:
            return Refusal.HOST
        origin = headers.get("origin")
        if origin != self.origin and (is_socket or origin is not None):
            return Refusal.ORIGIN
        if has_token:
            return None
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return Refusal.ORIGIN
        if not hmac.compare_digest(cookie.encode(), self._cookie.encode()):
            return Refusal.COOKIE
        return None
