"""Who may call the desk: every request passes here before its route, the socket's handshake included.

A call that changes something, and the socket, must come from a page of the desk's own origin; a call that changes
something must also carry the session's CSRF token; everything but signing in needs a session.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection

from sanic import Request

from connectors.desk.sign_in import SignedIn, SignIn
from handoff.errors import NotAllowed

COOKIE = "baton_desk"

ROOT = "/api/desk"
"""Every address under it is guarded."""

_SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Lets requests of signed-in agents pass.

    Args:
        origins: the desk's own, such as `https://desk.example.com`.
    """

    def __init__(self, sign_in: SignIn, origins: Collection[str]) -> None:
        self._sign_in = sign_in
        self._origins = frozenset(origins)

    async def check(self, request: Request) -> None:
        """Let a request to the desk pass, with the agent noted on it; requests to elsewhere are not looked at.

        Raises:
            NotAllowed: the Origin or the CSRF token is wrong.
            NotAuthenticated: no session, or one that has ended.
        """
        route = request.route
        if route is None or not f"/{route.path}/".startswith(f"{ROOT}/"):
            return
        changes = request.method not in _SAFE
        is_socket = bool(route.extra.websocket)
        if (changes or is_socket) and request.headers.get("origin") not in self._origins:
            raise NotAllowed("This call must come from a page of the desk itself; open the desk at its own address.")
        if getattr(route.ctx, "signs_in", False):
            return
        signed_in = await self._sign_in.find(request.cookies.get(COOKIE))
        if changes and not _same(request.headers.get("x-csrf-token", ""), signed_in.csrf):
            raise NotAllowed("The CSRF token is missing or wrong; reload the desk.")
        request.ctx.signed_in = signed_in


def agent_of(request: Request) -> SignedIn:
    """Return the agent whom the guard let pass."""
    signed_in = getattr(request.ctx, "signed_in", None)
    if not isinstance(signed_in, SignedIn):
        raise TypeError("The guard did not see this request.")
    return signed_in


def _same(sent: str, kept: str) -> bool:
    return hmac.compare_digest(sent.encode("utf-8", "surrogateescape"), kept.encode())
