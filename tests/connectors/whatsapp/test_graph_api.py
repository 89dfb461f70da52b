"""The played Graph API refuses what the real one refuses, so that passing on it means something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_customer import Customer
from tests.connectors.whatsapp.stage import BUSINESS, Stage

BASE: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "4520123456"}


def text(**changed: Any) -> dict[str, Any]:
    return {**BASE, "type": "text", "text": {"body": "Hello", **changed}}


def interactive(kind: str, action: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    told = {"type": kind, "body": {"text": "Choose"}, "action": action, **changed}
    return {**BASE, "type": "interactive", "interactive": told}


def reply(number: int, title: str = "", **changed: Any) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": f"1.{number}", "title": title or f"Button {number}", **changed}}


def row(number: int, **changed: Any) -> dict[str, Any]:
    return {"id": f"1.{number}", "title": f"Row {number}", **changed}


def listed(*rows: Mapping[str, Any], button: str = "Choose") -> dict[str, Any]:
    return interactive("list", {"button": button, "sections": [{"rows": list(rows)}]})


def template(*fields: str, name: str = "order_shipped", code: str = "en_US") -> dict[str, Any]:
    parameters = [{"type": "text", "text": field} for field in fields]
    components = [{"type": "body", "parameters": parameters}] if fields else []
    told = {"name": name, "language": {"code": code}, "components": components}
    return {**BASE, "type": "template", "template": told}


REFUSED = {
    "a text that is empty": (text(body=""), 131008),
    "a text that is missing": ({**BASE, "type": "text"}, 131008),
    "a text that is too long": (text(body="x" * 4097), 131009),
    "a text with an unknown field": (text(colour="red"), 100),
    "an unknown field": ({**text(), "priority": 1}, 100),
    "no product": ({name: value for name, value in text().items() if name != "messaging_product"}, 100),
    "nobody": ({name: value for name, value in text().items() if name != "to"}, 131008),
    "a number with letters": ({**text(), "to": "45 2012 3456"}, 131009),
    "a user id of another form": ({**text(), "recipient": "7301220455109823"}, 131009),
    "an unknown kind": ({**BASE, "type": "hologram", "hologram": {}}, 131051),
    "a key that is too long": ({**text(), "biz_opaque_callback_data": "x" * 513}, 131009),
    "four buttons": (interactive("button", {"buttons": [reply(n) for n in range(4)]}), 131009),
    "no buttons": (interactive("button", {"buttons": []}), 131009),
    "a button's long title": (interactive("button", {"buttons": [reply(0, "x" * 21)]}), 131009),
    "a button without a title": (interactive("button", {"buttons": [reply(0, " ")]}), 131008),
    "a button's long id": (interactive("button", {"buttons": [reply(0, id="x" * 257)]}), 131009),
    "equal titles": (interactive("button", {"buttons": [reply(0, "Yes"), reply(1, "Yes")]}), 131009),
    "equal ids": (interactive("button", {"buttons": [reply(0), reply(1, id="1.0")]}), 131009),
    "a long body beside buttons": (
        interactive("button", {"buttons": [reply(0)]}, body={"text": "x" * 1025}),
        131009,
    ),
    "a long footer": (interactive("button", {"buttons": [reply(0)]}, footer={"text": "x" * 61}), 131009),
    "eleven rows": (listed(*(row(n) for n in range(11))), 131009),
    "a row's long title": (listed(row(0, title="x" * 25)), 131009),
    "a row's long description": (listed(row(0, description="x" * 73)), 131009),
    "a row's long id": (listed(row(0, id="x" * 201)), 131009),
    "a list's long label": (listed(row(0), button="x" * 21), 131009),
    "a list without a label": (listed(row(0), button=""), 131008),
    "a file never uploaded": ({**BASE, "type": "image", "image": {"id": "7"}}, 131053),
    "a file by its address": ({**BASE, "type": "image", "image": {"link": "https://example.com/a.jpg"}}, 100),
    "a place off the map": ({**BASE, "type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
    "a template nobody made": (template(name="nothing"), 132001),
    "a template in no such language": (template("Mia", "1", code="fr"), 132001),
    "a template with too few fields": (template("Mia"), 132000),
    "a template with too many fields": (template("Mia", "1", "2"), 132000),
    "a field with a line break": (template("Mia\nKrog", "1"), 100),
    "an empty field": (template("Mia", ""), 131008),
    "a read mark of no message": ({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}, 131009),
}


async def call(
    api: FakeGraphApi, path: str, body: Any = None, token: str = BUSINESS.token, version: str = "v26.0"
) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as http:
        if body is None:
            return await http.get(f"{api.url}/{version}/{path}")
        return await http.post(f"{api.url}/{version}/{path}", json=body)


async def send(api: FakeGraphApi, body: Any, **how: Any) -> httpx.Response:
    return await call(api, f"{BUSINESS.phone_number_id}/messages", body, **how)


def code(answer: httpx.Response) -> int:
    assert answer.status_code >= 400
    return int(answer.json()["error"]["code"])


@pytest.mark.parametrize("what", REFUSED)
async def test_it_refuses(stage: Stage, what: str) -> None:
    body, expected = REFUSED[what]
    assert code(await send(stage.api, body)) == expected
    assert stage.api.sent == []


async def test_it_takes_what_is_just_within_the_limits(stage: Stage) -> None:
    for body in (
        text(body="x" * 4096),
        interactive("button", {"buttons": [reply(n, f"{n}".ljust(20, "x")) for n in range(3)]}),
        listed(*(row(n, title=f"{n}".ljust(24, "x"), description="y" * 72) for n in range(10))),
        template("Mia", "10042"),
    ):
        answer = await send(stage.api, body)
        assert answer.status_code == 200, answer.text


async def test_it_shows_nothing_to_another_token_number_or_version(stage: Stage) -> None:
    assert code(await send(stage.api, text(), token="another")) == 190
    assert code(await call(stage.api, "1/messages", text())) == 100
    assert code(await send(stage.api, text(), version="latest")) == 2500
    assert code(await call(stage.api, f"{BUSINESS.app_id}/subscriptions")) == 190
    assert code(await call(stage.api, "1480203040506070")) == 100


async def test_a_body_that_is_no_json_is_refused(stage: Stage) -> None:
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {BUSINESS.token}"}) as http:
        url = f"{stage.api.url}/v26.0/{BUSINESS.phone_number_id}/messages"
        assert code(await http.post(url, content=b"{", headers={"Content-Type": "application/json"})) == 100
        assert code(await http.post(url, data={"type": "text"})) == 100


async def test_a_kind_of_file_takes_its_own_types_only(stage: Stage) -> None:
    sound = stage.api.world.keep(b"OggS", "audio/ogg")
    assert code(await send(stage.api, {**BASE, "type": "image", "image": {"id": sound.id}})) == 131053
    captioned = {**BASE, "type": "audio", "audio": {"id": sound.id, "caption": "Listen"}}
    assert code(await send(stage.api, captioned)) == 100


@pytest.mark.parametrize(
    ("media_type", "size", "expected"),
    [
        ("image/jpeg", 5 * 1024 * 1024 + 1, 131053),
        ("image/jpeg", 0, 131053),
        ("image/gif", 10, 100),
        ("application/zip", 10, 100),
    ],
)
async def test_an_upload_of_a_wrong_type_or_size_is_refused(
    stage: Stage, media_type: str, size: int, expected: int
) -> None:
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {BUSINESS.token}"}) as http:
        answer = await http.post(
            f"{stage.api.url}/v26.0/{BUSINESS.phone_number_id}/media",
            data={"messaging_product": "whatsapp", "type": media_type},
            files={"file": ("a", b"x" * size, media_type)},
        )
    assert code(answer) == expected


async def test_the_address_of_a_file_lasts_five_minutes_and_needs_the_token(stage: Stage) -> None:
    kept = stage.api.world.keep(b"bytes", "image/jpeg")
    url = (await call(stage.api, kept.id)).json()["url"]
    shown = {"Authorization": f"Bearer {BUSINESS.token}"}
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(url)).status_code == 401
        assert (await http.get(url, headers=shown)).content == b"bytes"
        stage.clock.advance(301)
        assert (await http.get(url, headers=shown)).status_code == 404


async def test_the_window_opens_with_the_customers_message_and_closes_after_a_day(stage: Stage) -> None:
    Customer(stage.api, "4520999999", "Bo")
    assert code(await send(stage.api, {**text(), "to": "4520999999"})) == 131047
    stage.clock.advance(24 * 3600 - 1)
    assert (await send(stage.api, text())).status_code == 200
    stage.clock.advance(1)
    assert code(await send(stage.api, text())) == 131047
    stage.mia.write("Hello again")
    assert (await send(stage.api, text())).status_code == 200


async def test_somebody_without_whatsapp_is_told_of_by_a_status(stage: Stage) -> None:
    answer = await send(stage.api, {**text(), "to": "4511111111"})
    assert answer.status_code == 200
    assert b"131026" in stage.api.post.waiting[-1]
    assert stage.api.sent == []


async def test_it_keeps_its_limit_of_messages_a_second(stage: Stage) -> None:
    people = [Customer(stage.api, f"45209{number:05d}") for number in range(81)]
    for person in people:
        person.write("Hello")
    answers = [await send(stage.api, {**text(), "to": person.person.phone}) for person in people]
    assert [answer.status_code for answer in answers[:80]] == [200] * 80
    assert code(answers[80]) == 130429
    stage.clock.advance(1)
    assert (await send(stage.api, {**text(), "to": people[80].person.phone})).status_code == 200


async def test_a_hidden_number_is_told_nowhere(stage: Stage) -> None:
    ida = Customer(stage.api, "4520777777", "Ida", hides_phone=True)
    ida.write("Who am I?")
    answer = await send(stage.api, {**BASE, "to": None, "recipient": ida.person.user_id, **_hello()})
    assert answer.status_code == 200, answer.text
    told = b"".join(stage.api.post.waiting) + answer.content
    assert b"4520777777" not in told


def _hello() -> dict[str, Any]:
    return {"type": "text", "text": {"body": "Somebody"}}
