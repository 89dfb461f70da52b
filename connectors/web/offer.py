"""What this Baton offers a page besides words: which files it takes, how a conversation can be kept."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import HTTPResponse, Request
from sanic import json as json_response

from connectors.listen import App
from connectors.media.sniff import endings


@dataclass(frozen=True, slots=True)
class FileRules:
    """How large a file may be (bytes), and how many of them one message may have."""

    max_bytes: int = 16_000_000
    max_files: int = 10


class Offer:
    """Tells pages, before anybody picks a file or types an address.

    Args:
        files: the rules of files.
        mail: whether conversations are sent by mail.
    """

    def __init__(self, files: FileRules, *, mail: bool) -> None:
        rules = {"max_bytes": files.max_bytes, "max_files": files.max_files, "endings": list(endings())}
        self._offer = {"files": rules, "mail": mail}

    def attach(self, app: App) -> None:
        """Put the route on an app."""
        app.add_route(self.tell, "/api/chat/offer", methods=["GET"], name="chat_offer")

    async def tell(self, _: Request) -> HTTPResponse:
        """Answer with the offer; it is the same for everybody."""
        return json_response(self._offer)
