"""The trial page: be the customer on the played WhatsApp and Telegram, and make things go wrong there.

It is for one machine: only pages of its own address may use it, and it answers under loopback names only, so that no
other site in the same browser can write to the shop in somebody's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sanic import HTTPResponse, Request
from sanic.response import BaseHTTPResponse, empty, raw

from connectors.fields import Field, flag, integer, one_of, text
from connectors.http import read_json, read_query, render_errors
from connectors.listen import App, new_app
from connectors.pages import Pages
from connectors.trial.phone_telegram import TelegramPhone
from connectors.trial.phones import PEOPLE, File, Phone
from connectors.trial.played import MOST_HOURS, Played
from connectors.trial.samples import SAMPLES
from handoff.errors import InvalidInput, NotAllowed, NotFound

MOST_BYTES = 25_000_000
_MOST_TEXT = 4096
_STATIC = Path(__file__).parent / "static"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
_SHOWN_INSIDE = (*_PICTURES, "audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4")
_ID = text(512)

_PEOPLE = [{"id": who.id, "name": who.name, "language": who.language, "phone": f"+{who.phone}"} for who in PEOPLE]


class TrialPage:
    """The page and what it calls.

    Args:
        platforms: the played platforms by name.
        desk: the address of the agents' desk, to link to.
    """

    def __init__(self, platforms: Mapping[str, Played], desk: str) -> None:
        self._platforms = platforms
        self._desk = desk
        self._pages = Pages(_STATIC)

    def app(self) -> App:
        """Build the app."""
        app = new_app("trial-page")
        render_errors(app, MOST_BYTES)
        app.register_middleware(_only_from_here, "request")
        app.register_middleware(_secured, "response")
        app.add_route(self._index, "/")
        app.add_route(self._static, "/static/<name:path>")
        app.add_route(self._state, "/api/state")
        app.add_route(self._mishap, "/api/<platform:str>/mishap", methods=["POST"])
        app.add_route(self._switch, "/api/<platform:str>/switch", methods=["POST"])
        app.add_route(self._act, "/api/<platform:str>/<person:str>/<action:str>", methods=["POST"])
        app.add_route(self._send, "/api/<platform:str>/<person:str>/files", methods=["POST"])
        app.add_route(self._file, "/api/<platform:str>/<person:str>/files/<message_id:str>")
        return app

    # the page

    async def _index(self, request: Request) -> HTTPResponse:
        return self._pages.answer(request, "index.html")

    async def _static(self, request: Request, name: str) -> HTTPResponse:
        return self._pages.answer(request, name)

    # looking

    async def _state(self, request: Request) -> HTTPResponse:
        wanted = read_query(request, {name: text(40, default=PEOPLE[0].id) for name in self._platforms})
        told = {name: self._of(name, person) for name, person in wanted.items()}
        body = dumps({"people": _PEOPLE, "desk": self._desk, "platforms": told}, ensure_ascii=False).encode()
        etag = f'"{sha256(body).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == etag:
            return HTTPResponse(status=304, headers={"ETag": etag})
        return raw(body, headers={"ETag": etag}, content_type="application/json")

    def _of(self, name: str, person: str) -> Mapping[str, Any]:
        platform, phone = self._platforms[name], self._phone(name, person)
        return {
            "person": person,
            "messages": phone.messages(),
            "types": phone.types(),
            "counts": {who: len(other.messages()) for who, other in platform.phones.items()},
            "mishaps": platform.mishaps,
            **platform.state(person),
        }

    async def _file(self, _: Request, platform: str, person: str, message_id: str) -> HTTPResponse:
        try:
            file = self._phone(platform, person).file(unquote(message_id))
        except LookupError:
            raise NotFound("There is no such file.") from None
        inside = file.type in _SHOWN_INSIDE
        shown = f"{'inline' if inside else 'attachment'}; filename*=UTF-8''{quote(file.name or 'file', safe='')}"
        kind = file.type if inside else "application/octet-stream"
        return raw(file.content, content_type=kind, headers={"Content-Disposition": shown})

    # acting

    async def _act(self, request: Request, platform: str, person: str, action: str) -> HTTPResponse:
        phone = self._phone(platform, person)
        if action not in _ACTIONS:
            raise NotFound("A phone cannot do that.")
        fields, act = _ACTIONS[action]
        given = read_json(request, fields)
        try:
            act(phone, given)
        except LookupError:
            raise NotFound("There is no such message or button.") from None
        return empty()

    async def _send(self, request: Request, platform: str, person: str) -> HTTPResponse:
        phone = self._phone(platform, person)
        given = read_query(request, {"name": text(240, default="file"), "caption": text(1024, 0, default="")})
        if not request.body:
            raise InvalidInput("The file is empty.")
        phone.send(File(given["name"], request.headers.get("content-type", ""), request.body), given["caption"])
        return empty()

    async def _mishap(self, request: Request, platform: str) -> HTTPResponse:
        played = self._named(platform)
        played.mishap(read_json(request, {"name": one_of("none", *played.mishaps)})["name"])
        return empty()

    async def _switch(self, request: Request, platform: str) -> HTTPResponse:
        played = self._named(platform)
        given = read_json(request, {"name": one_of(*played.switches), "value": integer(0, MOST_HOURS)})
        played.switches[given["name"]](given["value"])
        return empty()

    def _named(self, platform: str) -> Played:
        if platform not in self._platforms:
            raise NotFound("There is no such platform.")
        return self._platforms[platform]

    def _phone(self, platform: str, person: str) -> Phone:
        phones = self._named(platform).phones
        if person not in phones:
            raise NotFound("There is nobody of that name.")
        return phones[person]


# what one can do with a phone


def _write(phone: Phone, given: Mapping[str, Any]) -> None:
    phone.write(given["text"], given["reply_to"])


def _press(phone: Phone, given: Mapping[str, Any]) -> None:
    phone.press(given["choice"])


def _sample(phone: Phone, given: Mapping[str, Any]) -> None:
    phone.send(SAMPLES[given["kind"]](), "")


def _place(phone: Phone, given: Mapping[str, Any]) -> None:
    phone.place(given["latitude"] / 1e6, given["longitude"] / 1e6)


def _card(phone: Phone, given: Mapping[str, Any]) -> None:
    phone.card(given["phone"], given["name"])


def _react(phone: Phone, given: Mapping[str, Any]) -> None:
    phone.react(given["message"], given["emoji"] or None)


def _read(phone: Phone, _: Mapping[str, Any]) -> None:
    phone.read()


def _share(phone: Phone, _: Mapping[str, Any]) -> None:
    _telegram(phone).share()


def _edit(phone: Phone, given: Mapping[str, Any]) -> None:
    _telegram(phone).edit(given["message"], given["text"])


def _block(phone: Phone, given: Mapping[str, Any]) -> None:
    _telegram(phone).block(on=given["on"])


def _telegram(phone: Phone) -> TelegramPhone:
    if not isinstance(phone, TelegramPhone):
        raise NotFound("Only Telegram has that.")
    return phone


_ACTIONS: Mapping[str, tuple[Mapping[str, Field], Callable[[Phone, Mapping[str, Any]], None]]] = {
    "write": ({"text": text(_MOST_TEXT), "reply_to": text(512, default=None)}, _write),
    "press": ({"choice": _ID}, _press),
    "sample": ({"kind": one_of(*SAMPLES)}, _sample),
    # In millionths of a degree, for fields here are whole numbers.
    "place": ({"latitude": integer(-90_000_000, 90_000_000), "longitude": integer(-180_000_000, 180_000_000)}, _place),
    "card": ({"phone": text(20), "name": text(80)}, _card),
    "react": ({"message": _ID, "emoji": text(8, 0)}, _react),
    "read": ({}, _read),
    "share": ({}, _share),
    "edit": ({"message": _ID, "text": text(_MOST_TEXT)}, _edit),
    "block": ({"on": flag()}, _block),
}


# who may call


async def _only_from_here(request: Request) -> None:
    host = request.headers.get("host", "")
    if host.rpartition(":")[0] not in _LOOPBACK:
        raise NotAllowed("The trial page answers on this machine only.")
    if request.method != "GET" and request.headers.get("origin") != f"http://{host}":
        raise NotAllowed("Only the trial page itself may do that.")


async def _secured(_: Request, answer: BaseHTTPResponse) -> None:
    answer.headers.setdefault("Content-Security-Policy", _POLICY)
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
