"""What the trial page's calls do to the played platforms, and who may make them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from connectors.media.sniff import sniff
from connectors.trial.samples import SAMPLES
from tests.connectors.trial.stage import SHARE, Stage, buttons, keys, rows
from tests.waiting import eventually

PLATFORMS = ("whatsapp", "telegram")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage.running() as running:
        yield running


def texts(phone: dict[str, Any]) -> list[str]:
    return [message["text"] for message in phone["messages"]]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_what_one_writes_goes_out_as_a_webhook_and_what_is_said_is_shown(stage: Stage, platform: str) -> None:
    assert (await stage.act(f"{platform}/oliver/write", text="Where is my order?")).status_code == 204
    await eventually(lambda: len(stage.came[platform]) == 1)
    assert "Where is my order?" in str(stage.came[platform][0])
    assert await stage.say(platform, "On its way.") == 200
    phone = await stage.phone(platform)
    assert texts(phone) == ["Where is my order?", "On its way."]
    assert [message["mine"] for message in phone["messages"]] == [True, False]
    assert texts(await stage.phone(platform, "sofie")) == []
    assert phone["counts"] == {"oliver": 2, "sofie": 0, "irina": 0, "wei": 0, "layla": 0}


@pytest.mark.parametrize("offered", [buttons("Return", "Cancel"), rows("Return", "Cancel")], ids=["buttons", "list"])
async def test_a_choice_on_whatsapp_is_shown_as_a_message_that_quotes(stage: Stage, offered: dict[str, Any]) -> None:
    await stage.act("whatsapp/oliver/write", text="hi")
    await stage.say("whatsapp", "", **offered)
    shown = (await stage.phone("whatsapp"))["messages"][1]
    assert [choice["title"] for choice in shown["choices"]] == ["Return", "Cancel"]
    assert (await stage.act("whatsapp/oliver/press", choice=shown["choices"][1]["id"])).status_code == 204
    pressed = (await stage.phone("whatsapp"))["messages"][2]
    assert (pressed["text"], pressed["quote"]) == ("Cancel", shown["id"])
    await eventually(lambda: "interactive" in str(stage.came["whatsapp"]))


async def test_a_button_on_telegram_waits_until_the_bot_answers_the_press(stage: Stage) -> None:
    await stage.say("telegram", "Which?", **keys("Return", "Cancel"))
    await stage.act("telegram/oliver/press", choice="7.1")
    [shown] = (await stage.phone("telegram"))["messages"]
    assert [choice["pressed"] for choice in shown["choices"]] == ["", "waits"]
    stage.bot_api.pressed.clear()
    [shown] = (await stage.phone("telegram"))["messages"]
    assert [choice["pressed"] for choice in shown["choices"]] == ["", "done"]


async def test_ticks_tell_what_was_taken_and_read(stage: Stage) -> None:
    await stage.act("whatsapp/switch", name="held", value=1)
    await stage.act("whatsapp/oliver/write", text="one")
    phone = await stage.phone("whatsapp")
    assert (phone["messages"][0]["state"], phone["waiting"]) == ("sent", 1)
    await stage.act("whatsapp/switch", name="held", value=0)
    await eventually(lambda: len(stage.came["whatsapp"]) == 1)
    assert (await stage.phone("whatsapp"))["messages"][0]["state"] == "delivered"
    message_id = (await stage.phone("whatsapp"))["messages"][0]["id"]
    stage.graph_api.world.signals.append({"message_id": message_id, "typing_indicator": {"type": "text"}})
    phone = await stage.phone("whatsapp")
    assert (phone["messages"][0]["state"], phone["types"]) == ("read", True)
    await stage.say("whatsapp", "two")
    assert not (await stage.phone("whatsapp"))["types"]


async def test_what_a_phone_has_read_is_told_once(stage: Stage) -> None:
    await stage.act("whatsapp/oliver/write", text="hi")
    await stage.say("whatsapp", "Hello")
    for _ in range(2):
        await stage.act("whatsapp/oliver/read")
    await stage.act("whatsapp/oliver/write", text="the end")  # webhooks come in their order
    await eventually(lambda: "the end" in str(stage.came["whatsapp"]))
    assert str(stage.came["whatsapp"]).count("'status': 'read'") == 1
    assert (await stage.phone("whatsapp"))["messages"][1]["state"] == "read"


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_files_places_cards_reactions_and_replies_arrive(stage: Stage, platform: str) -> None:
    photo = b"\xff\xd8\xff\xe0 a photo"
    sent = await stage.page.post(
        f"/api/{platform}/oliver/files",
        params={"name": "lamp.jpg", "caption": "broken"},
        content=photo,
        headers={"Content-Type": "image/jpeg"},
    )
    assert sent.status_code == 204
    for action, given in (
        ("sample", {"kind": "voice"}),
        ("place", {"latitude": 55_676_100, "longitude": 12_568_300}),
        ("card", {"phone": "+4533123456", "name": "Jonas"}),
    ):
        assert (await stage.act(f"{platform}/oliver/{action}", **given)).status_code == 204
    first = (await stage.phone(platform))["messages"][0]
    assert (first["text"], first["file"]) == ("broken", {"name": "lamp.jpg", "type": "image/jpeg", "bytes": len(photo)})
    await stage.act(f"{platform}/oliver/react", message=first["id"], emoji="👍")
    await stage.act(f"{platform}/oliver/write", text="this one", reply_to=first["id"])
    await eventually(lambda: len(stage.came[platform]) == 6)
    phone = await stage.phone(platform)
    assert phone["messages"][0]["reaction"] == "👍"
    assert phone["messages"][-1]["quote"] == first["id"]
    shown = await stage.page.get(f"/api/{platform}/oliver/files/{quote(first['id'])}")
    assert (shown.content, shown.headers["content-type"]) == (photo, "image/jpeg")


async def test_only_what_is_safe_is_shown_inside_the_page(stage: Stage) -> None:
    page = b"<script>alert(1)</script>"
    headers = {"Content-Type": "text/html"}
    await stage.page.post("/api/telegram/oliver/files", params={"name": "a.html"}, content=page, headers=headers)
    [message] = (await stage.phone("telegram"))["messages"]
    answer = await stage.page.get(f"/api/telegram/oliver/files/{message['id']}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_one_s_own_number_is_verified_and_another_s_is_not(stage: Stage) -> None:
    await stage.act("telegram/oliver/card", phone="+4520123401", name="Oliver Grant")
    await stage.act("telegram/oliver/card", phone="+4533123456", name="Jonas")
    await eventually(lambda: len(stage.came["telegram"]) == 2)
    assert [update["message"]["contact"].get("user_id") for update in stage.came["telegram"]] == [5_550_001, None]


async def test_the_button_that_shares_a_number_is_there_once_and_shares_one_s_own(stage: Stage) -> None:
    assert (await stage.act("telegram/oliver/share")).status_code == 404
    await stage.say("telegram", "Which number?", **SHARE)
    await stage.say("telegram", "Take your time.")
    asked, _ = (await stage.phone("telegram"))["messages"]
    assert asked["share"] == "Share my phone number"
    assert (await stage.act("telegram/oliver/share")).status_code == 204
    asked, _, shared = (await stage.phone("telegram"))["messages"]
    assert (shared["card"]["phone"], shared["quote"]) == ("+4520123401", asked["id"])
    assert "share" not in asked
    await eventually(lambda: len(stage.came["telegram"]) == 1)
    assert stage.came["telegram"][0]["message"]["contact"]["user_id"] == 5_550_001


async def test_the_button_that_shares_a_number_goes_when_the_bot_takes_it_away(stage: Stage) -> None:
    await stage.say("telegram", "Which number?", **SHARE)
    await stage.say("telegram", "Never mind.", reply_markup={"remove_keyboard": True})
    assert ["share" in message for message in (await stage.phone("telegram"))["messages"]] == [False, False]
    assert (await stage.act("telegram/oliver/share")).status_code == 404


async def test_a_message_on_telegram_is_edited_and_the_bot_is_blocked(stage: Stage) -> None:
    await stage.act("telegram/oliver/write", text="ordr 10234")
    [message] = (await stage.phone("telegram"))["messages"]
    await stage.act("telegram/oliver/edit", message=message["id"], text="order 10234")
    [message] = (await stage.phone("telegram"))["messages"]
    assert (message["text"], message["edited"]) == ("order 10234", True)
    await stage.act("telegram/oliver/block", on=True)
    assert (await stage.phone("telegram"))["blocked"]
    assert await stage.say("telegram", "hello?") == 403
    await stage.act("telegram/oliver/block", on=False)
    assert await stage.say("telegram", "hello?") == 200


@pytest.mark.parametrize(("platform", "status"), [("whatsapp", 503), ("telegram", 502)])
async def test_a_planned_mishap_befalls_the_next_message_and_can_be_forgotten(
    stage: Stage, platform: str, status: int
) -> None:
    await stage.act(f"{platform}/oliver/write", text="hi")
    for _ in range(2):
        await stage.act(f"{platform}/mishap", name="broken")
    phone = await stage.phone(platform)
    assert phone["planned"] == [phone["mishaps"]["broken"]] * 2
    assert await stage.say(platform, "a") == status
    await stage.act(f"{platform}/mishap", name="none")
    assert await stage.say(platform, "b") == 200
    assert (await stage.phone(platform))["planned"] == []


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_webhooks_are_held_back_repeated_and_shuffled(stage: Stage, platform: str) -> None:
    for name in ("held", "twice", "shuffled"):
        assert (await stage.act(f"{platform}/switch", name=name, value=1)).status_code == 204
    for number in range(8):
        await stage.act(f"{platform}/oliver/write", text=f"message {number}")
    phone = await stage.phone(platform)
    assert (phone["held"], phone["twice"], phone["shuffled"]) == (True, True, True)
    assert phone["waiting"] >= 8
    assert stage.came[platform] == []
    await stage.act(f"{platform}/switch", name="held", value=0)
    await eventually(lambda: len(stage.came[platform]) == 16)
    came = [str(body) for body in stage.came[platform]]
    for number in range(8):
        assert sum(f"message {number}" in body for body in came) == 2


async def test_time_travel_closes_the_window(stage: Stage) -> None:
    await stage.act("whatsapp/oliver/write", text="hi")
    assert (await stage.phone("whatsapp"))["window_hours"] == 24
    assert await stage.say("whatsapp", "hello") == 200
    await stage.act("whatsapp/switch", name="travel", value=25)
    phone = await stage.phone("whatsapp")
    assert (phone["ahead_hours"], phone["window_hours"]) == (25, 0)
    assert await stage.say("whatsapp", "still there?") == 400
    await stage.act("whatsapp/oliver/write", text="yes")
    assert await stage.say("whatsapp", "good") == 200


async def test_a_template_is_shown_with_its_fields(stage: Stage) -> None:
    await stage.act("whatsapp/oliver/write", text="hi")
    body = {"type": "body", "parameters": [{"type": "text", "text": "Oliver"}, {"type": "text", "text": "10234"}]}
    template = {"name": "order_shipped", "language": {"code": "en_US"}, "components": [body]}
    assert await stage.say("whatsapp", "", type="template", template=template) == 200
    shown = (await stage.phone("whatsapp"))["messages"][1]
    assert (shown["text"], shown["label"]) == ("Hello Oliver, your order 10234 is on its way.", "template")


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("signal/oliver/write", {"text": "hi"}, 404),
        ("whatsapp/nobody/write", {"text": "hi"}, 404),
        ("whatsapp/oliver/dance", {}, 404),
        ("whatsapp/oliver/write", {"text": ""}, 422),
        ("whatsapp/oliver/write", {"words": "hi"}, 422),
        ("whatsapp/oliver/press", {"choice": "9.9"}, 404),
        ("telegram/oliver/press", {"choice": "9.9"}, 404),
        ("telegram/oliver/edit", {"message": "1", "text": "x"}, 404),
        ("telegram/oliver/react", {"message": "one", "emoji": "👍"}, 404),
        ("whatsapp/oliver/edit", {"message": "1", "text": "x"}, 404),
        ("whatsapp/oliver/block", {"on": True}, 404),
        ("whatsapp/oliver/share", {}, 404),
        ("whatsapp/mishap", {"name": "fire"}, 422),
        ("telegram/switch", {"name": "travel", "value": 1}, 422),
        ("whatsapp/switch", {"name": "twice", "value": -1}, 422),
    ],
)
async def test_what_cannot_be_done_is_said(stage: Stage, path: str, given: dict[str, Any], status: int) -> None:
    answer = await stage.act(path, **given)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert stage.came == {"whatsapp": [], "telegram": []}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_other_sites_can_do_nothing(stage: Stage, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    stage.page.headers.pop("Origin")
    answer = await stage.page.post("/api/whatsapp/oliver/write", json={"text": "hi"}, headers=headers)
    assert answer.status_code == 403
    assert texts(await stage.phone("whatsapp")) == []


async def test_a_foreign_name_for_this_machine_is_refused(stage: Stage) -> None:
    for path in ("/", "/api/state"):
        assert (await stage.page.get(path, headers={"Host": "evil.example:80"})).status_code == 403
    assert (await stage.page.get("/")).status_code == 200


async def test_a_look_at_nothing_new_costs_nothing(stage: Stage) -> None:
    first = await stage.page.get("/api/state")
    again = await stage.page.get("/api/state", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("name", "kind"), [("voice", "audio/ogg"), ("document", "application/pdf")])
def test_samples_are_what_they_say(name: str, kind: str, tmp_path: Path) -> None:
    file = SAMPLES[name]()
    (tmp_path / file.name).write_bytes(file.content)
    sniffed = sniff(tmp_path / file.name)
    assert sniffed is not None
    assert (file.type, sniffed.type) == (kind, kind)
