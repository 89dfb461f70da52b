"""A JSON payload with one thing wrong, in every way and at every place, and checks of what is made of it."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from typing import Any

from connectors.events import (
    Address,
    AddressChanged,
    DeliveryReported,
    Ignored,
    InboundEvent,
    MessageEdited,
    MessageReceived,
    ReactionReceived,
)
from handoff.attachment import Attachment
from handoff.delivery import DeliveryReport

_DEEP: Any = "deep"
for _ in range(60):
    _DEEP = [{"a": _DEEP}]

_WRONG: tuple[Any, ...] = (
    None,
    "",
    " ",
    "x" * 20_000,
    "\ud800 \0 \u202e",
    "-1",
    0,
    -1,
    10**30,
    1.5,
    1e308,
    math.nan,
    True,
    [],
    [None],
    [[]],
    ["x"],
    {},
    {"": None},
    {"id": {"id": 1}},
    _DEEP,
)


def mutations(payload: Any) -> Iterator[bytes]:
    """Yield bodies with each field of the payload taken out, replaced by each wrong value, said twice, or joined by
    one that nobody knows."""
    for path in _paths(payload):
        *way, last = path
        for wrong in _WRONG:
            spoilt = copy.deepcopy(payload)
            _at(spoilt, way)[last] = wrong
            yield _body(spoilt)
        spoilt = copy.deepcopy(payload)
        del _at(spoilt, way)[last]
        yield _body(spoilt)
        spoilt = copy.deepcopy(payload)
        holder = _at(spoilt, way)
        if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        else:
            holder["a_field_of_tomorrow"] = {"with": ["anything"]}
        yield _body(spoilt)
    for wrong in _WRONG:
        yield _body(wrong)


def broken_bodies(body: bytes) -> Iterator[bytes]:
    """Yield bodies that are no JSON, or JSON that no platform writes."""
    yield b""
    yield body[:-1]
    yield body[: len(body) // 2]
    yield b"\xff" + body
    yield body.replace(b'"', b"'")
    yield b"\xef\xbb\xbf" + body
    yield body.decode().encode("utf-16")
    yield b"[" * 100_000
    yield b'{"a":' * 50_000
    yield b"9" * 10_000
    yield b'"\\ud800"'
    yield b'{"object": "x", "object": "y"}'
    yield b"null"
    yield b"\0" * 100
    yield b"<xml/>"
    yield b"a=b&c=d"


def check_events(events: Any) -> None:
    """Fail unless these are events of which every field is of its type."""
    assert isinstance(events, (list, tuple)), "parse returns a sequence"
    for event in events:
        _check(event)


def _check(event: InboundEvent) -> None:
    match event:
        case MessageReceived():
            _address(event.sender)
            _texts(event.external_id, optional=(event.text, event.choice, event.reply_to, event.message_ref))
            _texts(optional=(event.signal_ref,))
            assert isinstance(event.at, int)
            for each in event.attachments:
                assert isinstance(each, Attachment)
                _texts(each.id, each.ref, each.name, each.type, each.url, each.phone, each.note, empty=True)
                assert isinstance(each.size, int)
                for degrees in (each.latitude, each.longitude):
                    assert degrees is None or (isinstance(degrees, int | float) and not isinstance(degrees, bool))
            for name, value in event.facts.items():
                _texts(name, value, empty=True)
        case ReactionReceived():
            _address(event.sender)
            _texts(event.external_id, event.to, optional=(event.emoji,))
            assert isinstance(event.at, int)
        case MessageEdited():
            _address(event.sender)
            _texts(event.external_id, event.of)
            assert isinstance(event.text, str)
            assert isinstance(event.at, int)
        case DeliveryReported():
            _texts(event.message_id, optional=(event.idempotency_key,))
            assert isinstance(event.report, DeliveryReport)
            _texts(event.report.code, event.report.hint, empty=True)
            if event.recipient is not None:
                _address(event.recipient)
        case AddressChanged():
            _address(event.after)
            _texts(event.before, event.external_id)
        case Ignored():
            _texts(event.reason, optional=(event.say, event.external_id))
            assert event.reason.replace("_", "").isalnum(), "a reason is a word of ours"
            assert len(event.reason) <= 40
            if event.sender is not None:
                _address(event.sender)
        case _:
            raise AssertionError(f"{type(event).__name__} is no event")


def _address(address: Address) -> None:
    assert isinstance(address, Address)
    assert address.ids, "a sender without any id is nobody"
    _texts(*address.ids, optional=(address.name, address.language, address.phone))


def _texts(*texts: Any, optional: tuple[Any, ...] = (), empty: bool = False) -> None:
    for text in texts:
        assert isinstance(text, str)
        assert empty or text
    for text in optional:
        assert text is None or isinstance(text, str)


def _body(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def _paths(payload: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = payload.items() if isinstance(payload, dict) else enumerate(payload) if isinstance(payload, list) else ()
    for name, value in inner:
        yield (*way, name)
        yield from _paths(value, (*way, name))


def _at(payload: Any, way: list[Any]) -> Any:
    for name in way:
        payload = payload[name]
    return payload
