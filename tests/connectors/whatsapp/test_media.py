"""Files: uploaded once, fetched by id, and the token shown to nobody but the platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sanic import HTTPResponse, Request
from sanic.response import json, raw, redirect

from connectors.listen import bind, listening, new_app
from connectors.outgoing import Accepted, FetchFailed, FileOut, Rejected, RetryAfter
from connectors.trial.graph_api import Mishap, Wrong
from connectors.whatsapp.graph import Graph
from connectors.whatsapp.media import KEPT_S
from handoff.attachment import AttachmentKind
from tests.connectors.whatsapp.stage import Stage, file_out

PDF = b"%PDF-1.7 a made-up invoice"


def uploads(stage: Stage) -> int:
    return sum(call.endswith("/media") for call in stage.api.calls)


async def fetched(stage: Stage, ref: str) -> bytes:
    return b"".join([chunk async for chunk in stage.channel.fetch(ref)])


# out


async def test_a_document_goes_out_with_its_name_and_caption(stage: Stage) -> None:
    name = 'fak"tura\r\n12 ø.pdf'
    message = file_out(PDF, AttachmentKind.DOCUMENT, "application/pdf", name=name, caption="Your invoice")
    assert isinstance(await stage.channel.send(stage.to, message, "c:1:0"), Accepted)
    body = stage.api.sent[-1].body["document"]
    assert {name: value for name, value in body.items() if name != "id"} == {
        "caption": "Your invoice",
        "filename": name,
    }
    kept = stage.api.world.files[body["id"]]
    assert (kept.content, kept.type) == (PDF, "application/pdf")


async def test_a_file_for_many_is_uploaded_once_even_at_once(stage: Stage) -> None:
    message = file_out(b"\xff\xd8 a picture")
    outcomes = await asyncio.gather(*(stage.channel.send(stage.to, message, f"c:{n}:0") for n in range(5)))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert uploads(stage) == 1


async def test_an_upload_is_made_again_when_it_grows_old(stage: Stage) -> None:
    message = file_out(b"\xff\xd8 a picture")
    await stage.channel.send(stage.to, message, "c:1:0")
    stage.mia.write("Still there")
    stage.clock.advance(KEPT_S)
    stage.mia.write("And now")
    assert isinstance(await stage.channel.send(stage.to, message, "c:2:0"), Accepted)
    assert uploads(stage) == 2


async def test_an_upload_that_the_platform_lost_is_made_again_at_once(stage: Stage) -> None:
    message = file_out(b"\xff\xd8 a picture")
    await stage.channel.send(stage.to, message, "c:1:0")
    stage.api.world.files.clear()
    assert isinstance(await stage.channel.send(stage.to, message, "c:2:0"), Accepted)
    assert uploads(stage) == 2


async def test_a_file_that_can_never_be_taken_is_uploaded_twice_at_most(stage: Stage) -> None:
    message = file_out(b"\xff\xd8 a picture")
    stage.api.mishaps.extend([Mishap(Wrong.ERROR, 131053)] * 9)
    outcome = await stage.channel.send(stage.to, message, "c:1:0")
    assert isinstance(outcome, Rejected)
    assert (outcome.permanent, uploads(stage)) == (True, 2)


@pytest.mark.parametrize(
    "message",
    [
        file_out(b"GIF89a", AttachmentKind.IMAGE, "image/gif"),
        file_out(b"RIFF", AttachmentKind.AUDIO, "audio/wav"),
        file_out(b"OggS", AttachmentKind.AUDIO, "audio/ogg", caption="Listen"),
    ],
    ids=["picture", "sound", "caption"],
)
async def test_what_whatsapp_does_not_show_is_rejected_before_it_is_uploaded(stage: Stage, message: FileOut) -> None:
    outcome = await stage.channel.send(stage.to, message, "c:1:0")
    assert isinstance(outcome, Rejected)
    assert outcome.hint.startswith("WhatsApp shows")
    assert uploads(stage) == 0


async def test_an_upload_without_an_answer_is_simply_tried_again() -> None:
    async with Stage.open(graph_url="http://127.0.0.1:9") as stage:
        assert isinstance(await stage.channel.send(stage.to, file_out(b"\xff\xd8"), "c:1:0"), RetryAfter)


async def test_a_content_of_another_length_than_told_sends_nothing(stage: Stage) -> None:
    message = file_out(b"\xff\xd8 a picture")
    short = replace(message, attachment=replace(message.attachment, size=message.attachment.size + 5))
    assert isinstance(await stage.channel.send(stage.to, short, "c:1:0"), RetryAfter)
    assert stage.api.sent == []


# in


async def test_a_customers_file_is_fetched_by_its_id(stage: Stage) -> None:
    stage.mia.send_file("image", b"\xff\xd8 a lamp, broken", caption="Look")
    (event,) = stage.channel.parse(stage.api.post.waiting[-1])
    (attachment,) = getattr(event, "attachments", ())
    assert await fetched(stage, attachment.ref) == b"\xff\xd8 a lamp, broken"


async def test_an_address_that_ran_out_is_asked_for_once_more(stage: Stage) -> None:
    kept = stage.api.world.keep(b"bytes", "image/jpeg")
    # As if five minutes lay between the two requests of the first try.
    times = iter([stage.clock.now - 400_000])
    stage.api.clock = lambda: next(times, stage.clock.now)
    assert await fetched(stage, kept.id) == b"bytes"
    assert stage.api.calls[-4:] == [f"GET {kept.id}", "GET media", f"GET {kept.id}", "GET media"]


async def test_a_file_that_is_gone_will_not_come_back(stage: Stage) -> None:
    with pytest.raises(FetchFailed) as failed:
        await fetched(stage, "1480203040506070")
    assert failed.value.permanent


@pytest.mark.parametrize("ref", ["", "../../me", "me/accounts", "1?fields=name", "http://127.0.0.1:1/x", "1" * 200])
async def test_what_is_no_id_of_a_file_is_not_asked_for(stage: Stage, ref: str) -> None:
    before = list(stage.api.calls)
    with pytest.raises(FetchFailed):
        await fetched(stage, ref)
    assert stage.api.calls == before


async def test_a_platform_that_cannot_be_reached_may_be_asked_again() -> None:
    async with Stage.open(graph_url="http://127.0.0.1:9") as stage:
        with pytest.raises(FetchFailed) as failed:
            await fetched(stage, "1480203040506070")
    assert not failed.value.permanent


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[str | None]]]:
    """Somebody else's server, which notes the tokens that it is shown."""
    shown: list[str | None] = []

    async def note(request: Request, path: str) -> HTTPResponse:
        shown.append(request.headers.get("authorization"))
        return raw(b"stolen")

    app = new_app("somebody-else")
    app.add_route(note, "/<path:path>")
    sock = bind("127.0.0.1", 0)
    async with listening(app, sock, grace_s=0.05):
        yield f"http://127.0.0.1:{sock.getsockname()[1]}", shown


async def test_the_token_is_not_shown_to_another_host(stage: Stage) -> None:
    kept = stage.api.world.keep(b"bytes", "image/jpeg")
    async with listener() as (elsewhere, shown):
        stage.api.url = elsewhere
        with pytest.raises(FetchFailed) as failed:
            await fetched(stage, kept.id)
    assert failed.value.permanent
    assert shown == []


async def test_a_redirect_is_not_followed() -> None:
    """The platform of this test is one whose own address leads elsewhere."""

    async def lead_away(request: Request, path: str) -> HTTPResponse:
        if request.path.startswith("/v26.0/"):
            return json({"url": f"http://{request.host}/file"})
        return redirect(f"{elsewhere}/stolen")

    app = new_app("leading-away")
    app.add_route(lead_away, "/<path:path>")
    sock = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with listener() as (elsewhere, shown), listening(app, sock, grace_s=0.05), Stage.open(graph_url=url) as stage:
        with pytest.raises(FetchFailed):
            await fetched(stage, "1480203040506070")
    assert shown == []


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", True),
        ("https://mmg.whatsapp.net/v/t62", True),
        ("https://scontent.xx.fbcdn.net:443/v/1", True),
        ("http://lookaside.fbsbx.com/1", False),
        ("https://lookaside.fbsbx.com.example.com/1", False),
        ("https://evilfbsbx.com/1", False),
        ("https://lookaside.fbsbx.com@example.com/1", False),
        ("https://user:pass@lookaside.fbsbx.com/1", False),
        ("https://lookaside.fbsbx.com:8443/1", False),
        ("https://lookaside.fbsbx.com:port/1", False),
        ("https://127.0.0.1/1", False),
        ("https://[::1]/1", False),
        ("https://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
async def test_files_are_fetched_from_the_platforms_own_hosts_only(url: str, may: bool) -> None:
    graph = Graph("https://graph.facebook.com", "v26.0", "token", 1.0)
    assert graph.may_fetch(url) is may
    await graph.close()


async def test_a_played_platform_has_only_its_own_files() -> None:
    graph = Graph("http://127.0.0.1:8999", "v26.0", "token", 1.0)
    assert graph.may_fetch("http://127.0.0.1:8999/media/1")
    assert not graph.may_fetch("http://127.0.0.1:9000/media/1")
    assert not graph.may_fetch("https://lookaside.fbsbx.com/1")
    await graph.close()
