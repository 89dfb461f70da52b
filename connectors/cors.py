"""Which other sites' pages may call the web chat; the token in their requests says who calls, never a cookie."""

from __future__ import annotations

from collections.abc import Collection

from sanic import HTTPResponse, Request
from sanic.response import BaseHTTPResponse

PREFLIGHT_S = 600
_ANY = "*"


class Sites:
    """The sites that embed the widget.

    Args:
        origins: such as `https://shop.example.com`; `*` stands for every site.
    """

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = frozenset(origins)

    async def preflight(self, request: Request, **_: str) -> HTTPResponse:
        """Answer a browser that asks before it calls."""
        answer = HTTPResponse(status=204)
        if self._allows(request):
            answer.headers["Access-Control-Allow-Methods"] = "GET, POST"
            answer.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            answer.headers["Access-Control-Max-Age"] = str(PREFLIGHT_S)
        return answer

    def admit(self, request: Request, answer: BaseHTTPResponse) -> None:
        """Let an allowed site read the answer."""
        answer.headers["Vary"] = "Origin"
        if self._allows(request):
            answer.headers["Access-Control-Allow-Origin"] = request.headers["origin"]
            answer.headers["Access-Control-Expose-Headers"] = "Retry-After"
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"

    def _allows(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        return origin is not None and (_ANY in self._origins or origin in self._origins)
