"""Files of the chat and the desk over HTTP: who may send, name and open what, and how it comes back.

Seen red with every entry's files opened to customers, without the sender or the conversation in a token, without
`Reading` before either of the desk's routes, without each limit, and with every file sent inline.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from connectors.media import MediaOptions, local_media
from connectors.media.uploads import TOKEN_S
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.store.port import Once
from tests.connectors.media.files import HTML, PDF, REFUSED, SVG, TAKEN, chunks, png
from tests.connectors.media.place import MAX_FILE, MAX_FILES, Place, attachments_of, running
from tests.connectors.site import AgentDesk, Customer
from tests.fakes import FakeClock
from tests.waiting import PATIENCE_S

PICTURE = png(4, 4)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A running chat and desk."""
    clock = FakeClock()
    media = local_media(tmp_path / "media", MediaOptions(MAX_FILE, spare_bytes=0), clock)
    async with running(media, clock) as one:
        yield one


# uploading and naming


async def test_nothing_is_taken_or_opened_for_a_conversation_that_is_gone(place: Place) -> None:
    """Seen red without the look for the conversation before an upload: anybody with an old token filled the disk."""
    customer = await place.site.customer()
    media_id = await place.shown(customer, PICTURE)
    place.site.store.conversations._logs.kept.clear()  # type: ignore[attr-defined]
    assert (await place.upload(customer, PICTURE, "photo.png")).status_code == 401
    assert (await place.download(customer, media_id)).status_code == 401


async def test_an_uploaded_file_comes_with_the_message_that_names_it(place: Place) -> None:
    customer = await place.site.customer()
    answer = await place.upload(customer, PICTURE, "my ../photo.PNG", "image/png")
    assert answer.status_code == 201
    body = answer.json()
    assert body["attachment"] == {
        "kind": "image",
        "state": "ready",
        "id": body["attachment"]["id"],
        "name": "photo.PNG",
        "type": "image/png",
        "size": len(PICTURE),
    }
    sent = await customer.post(client_msg_id="1", text="look", attachments=[body["token"]])
    again = await customer.post(client_msg_id="1", text="look", attachments=[body["token"]])
    assert (sent.status_code, sent.json()) == (202, again.json())
    entry = next(entry for entry in (await customer.events())["entries"] if entry["text"] == "look")
    assert entry["attachments"] == [body["attachment"]]
    assert (await place.download(customer, body["attachment"]["id"])).content == PICTURE


async def test_a_file_alone_is_a_message(place: Place) -> None:
    customer = await place.site.customer()
    for number, text in enumerate(({}, {"text": ""}, {"text": " \n"}, {"text": None})):
        _, token = await place.uploaded(customer, PDF)
        answer = await customer.post(client_msg_id=str(number), attachments=[token], **text)
        assert answer.status_code == 202, answer.text
    own = [entry for entry in (await customer.events())["entries"] if entry["author"] == "contact"]
    assert [(entry["text"], len(entry["attachments"])) for entry in own] == [("", 1)] * 4


async def test_a_message_without_text_or_file_is_none(place: Place) -> None:
    customer = await place.site.customer()
    for body in ({}, {"text": ""}, {"attachments": []}, {"text": " ", "attachments": []}):
        assert (await customer.post(client_msg_id="1", **body)).status_code == 422


async def test_the_same_message_id_with_another_file_is_a_conflict(place: Place) -> None:
    customer = await place.site.customer()
    (_, first), (_, second) = await place.uploaded(customer, PDF), await place.uploaded(customer, PICTURE)
    assert (await customer.post(client_msg_id="1", attachments=[first])).status_code == 202
    assert (await customer.post(client_msg_id="1", attachments=[second])).status_code == 409
    assert (await customer.post(client_msg_id="1", text="hi")).status_code == 409


async def test_a_message_names_only_so_many_files(place: Place) -> None:
    customer = await place.site.customer()
    tokens = [(await place.uploaded(customer, png(1, side)))[1] for side in range(1, MAX_FILES + 2)]
    assert (await customer.post(client_msg_id="1", attachments=tokens)).status_code == 422
    assert (await customer.post(client_msg_id="1", attachments=tokens[1:])).status_code == 202


@pytest.mark.parametrize("named", ["x", 1, None, {}, [1], [None], [""], ["x"], ["a.b"], ["x" * 5000], [["x"]]])
async def test_what_is_no_token_names_nothing(place: Place, named: object) -> None:
    customer = await place.site.customer()
    answer = await customer.post(client_msg_id="1", text="hi", attachments=named)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_input")
    assert (await customer.events())["entries"] == []


async def test_a_token_is_no_good_in_another_conversation_for_another_sender_or_too_late(place: Place) -> None:
    customer, other = await place.site.waiting_customer(), await place.site.customer()
    _, token = await place.uploaded(customer, PDF)
    assert (await other.post(client_msg_id="1", text="hi", attachments=[token])).status_code == 422
    async with place.site.agent() as ada:
        await ada.done(customer, "claim")
        for step in ("replies", "notes"):
            answer = await ada.act(customer, step, client_msg_id="1", text="hi", attachments=[token])
            assert answer.status_code == 422
        theirs = (await place.desk_upload(ada, customer, PICTURE)).json()["token"]
    assert (await customer.post(client_msg_id="1", text="hi", attachments=[theirs])).status_code == 422
    place.clock.advance(TOKEN_S)
    assert (await customer.post(client_msg_id="1", text="hi", attachments=[token])).status_code == 422


# what is not taken


@pytest.mark.parametrize("kind", sorted(REFUSED))
async def test_what_is_not_taken_is_answered_with_why(place: Place, kind: str) -> None:
    customer = await place.site.customer()
    answer = await place.upload(customer, REFUSED[kind], "holiday.jpg", "image/jpeg")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "file_type_refused")


async def test_a_file_without_a_byte_is_refused(place: Place) -> None:
    answer = await place.upload(await place.site.customer(), b"")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "file_empty")


async def test_a_file_over_the_limit_hears_so_declared_or_not(place: Place) -> None:
    customer = await place.site.customer()
    exact = b"x" * MAX_FILE
    assert (await place.upload(customer, exact)).status_code == 201
    for body in (exact + b"x", chunks(exact + b"x", 50_000), b"x" * (2 * MAX_FILE)):
        answer = await place.site.http.post("/api/chat/attachments", content=body, headers=customer.headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "file_too_large")
    # The connection goes on to serve.
    assert (await place.upload(customer, PDF)).status_code == 201


async def test_an_upload_without_end_is_cut_off(place: Place) -> None:
    customer = await place.site.customer()

    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 50_000
            yield b"x" * 50_000

    # Whether the answer or the end of the connection is seen first is the network's to say.
    async with asyncio.timeout(PATIENCE_S):
        try:
            answer = await place.site.http.post("/api/chat/attachments", content=endless(), headers=customer.headers)
            assert answer.status_code == 413
        except httpx.TransportError:
            pass
    # What was read, and what the two ends of the connection hold in their buffers.
    assert sent < 30_000_000
    assert (await place.upload(customer, PDF)).status_code == 201


async def test_other_routes_take_no_more_than_before(place: Place) -> None:
    customer = await place.site.customer()
    headers = {**customer.headers, "Content-Type": "application/json"}
    body = json.dumps({"client_msg_id": "1", "text": "x" * 70_000})
    assert (await place.site.http.post("/api/chat/messages", content=body, headers=headers)).status_code == 413


async def test_a_name_too_long_or_an_unknown_parameter_is_refused(place: Place) -> None:
    customer = await place.site.customer()
    for params in ({"name": "a" * 2000}, {"nam": "a"}):
        answer = await place.site.http.post(
            "/api/chat/attachments", content=PDF, params=params, headers=customer.headers
        )
        assert answer.status_code == 422


async def test_a_customer_who_sends_many_files_must_wait_and_so_must_an_address(place: Place) -> None:
    customers = [await place.site.customer() for _ in range(4)]
    for customer in customers[:3]:
        for _ in range(20):
            assert (await place.upload(customer, b"x")).status_code == 201
        refused = await place.upload(customer, b"x")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
    assert (await place.upload(customers[3], b"x")).status_code == 429


async def test_an_upload_needs_a_token_of_a_conversation_that_is_kept(place: Place) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}):
        answer = await place.site.http.post("/api/chat/attachments", content=PDF, headers=headers)
        assert answer.status_code == 401


# opening


@pytest.mark.parametrize("kind", sorted(TAKEN))
async def test_a_file_comes_back_so_that_no_browser_takes_it_for_a_page(place: Place, kind: str) -> None:
    content, claimed_type, told, media_type = TAKEN[kind]
    customer = await place.site.customer()
    upload = await place.upload(customer, content, "a name.html", claimed_type or "text/html")
    await customer.post(client_msg_id="1", attachments=[upload.json()["token"]])
    answer = await place.download(customer, upload.json()["attachment"]["id"])
    assert answer.content == content
    headers = answer.headers
    assert headers["content-type"].partition(";")[0] == media_type
    assert headers["content-length"] == str(len(content))
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"].startswith("private")
    how, _, name = headers["content-disposition"].partition("; ")
    assert how == ("attachment" if told == "document" else "inline")
    assert ".html" not in name.removesuffix('.txt"').replace("a%20name.html.", "").replace("a name.html.", "")


@pytest.mark.parametrize("size", [1000, 300_000])
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=10-", 10, None),
        ("bytes=-7", -7, None),
        ("bytes=-9999999", 0, None),
        ("bytes=990-9999999", 990, None),
        ("bytes=999-999", 999, 999),
        ("bytes= 5 - 9", 5, 9),
    ],
)
async def test_a_player_gets_the_part_that_it_asks_for(
    place: Place, asked: str, first: int, last: int | None, size: int
) -> None:
    content = (PDF + bytes(range(256)) * (size // 256 + 1))[:size]
    customer = await place.site.customer()
    media_id = await place.shown(customer, content)
    headers = {**customer.headers, "Range": asked}
    answer = await place.site.http.get(f"/api/chat/attachments/{media_id}", headers=headers)
    begin = first if first >= 0 else size + first
    part = content[begin : None if last is None else last + 1]
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(part) - 1}/{size}"
    assert answer.headers["content-length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
async def test_a_part_that_is_not_there_is_told_with_the_size(place: Place, asked: str) -> None:
    customer = await place.site.customer()
    media_id = await place.shown(customer, (PDF + bytes(1000))[:1000])
    headers = {**customer.headers, "Range": asked}
    answer = await place.site.http.get(f"/api/chat/attachments/{media_id}", headers=headers)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == "bytes */1000"


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b", "x" * 99]
)
async def test_what_is_not_one_range_gets_the_whole_file(place: Place, asked: str) -> None:
    customer = await place.site.customer()
    media_id = await place.shown(customer, PDF)
    headers = {**customer.headers, "Range": asked}
    answer = await place.site.http.get(f"/api/chat/attachments/{media_id}", headers=headers)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["accept-ranges"] == "bytes"


async def test_the_name_in_a_header_breaks_no_header(place: Place) -> None:
    customer = await place.site.customer()
    media_id = await place.shown(customer, PDF, 'a"; x\r\nSet-Cookie: y=1;\u202e é.pdf')
    answer = await place.download(customer, media_id)
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-disposition"].isascii()


async def test_a_customer_opens_only_what_they_see_in_their_own_conversation(place: Place) -> None:
    customer, other = await place.site.waiting_customer(), await place.site.customer()
    theirs = await place.shown(other, PICTURE)
    unnamed, _ = await place.uploaded(customer, png(9, 9))
    async with place.site.agent() as ada:
        await ada.done(customer, "claim")
        note = (await place.desk_upload(ada, customer, png(8, 8))).json()
        await ada.done(customer, "notes", client_msg_id="n", text="for us", attachments=[note["token"]])
        reply = (await place.desk_upload(ada, customer, png(7, 7), "label.png")).json()
        await ada.done(customer, "replies", client_msg_id="r", text="for you", attachments=[reply["token"]])
    assert await place.media.exists(theirs)
    assert await place.media.exists(note["attachment"]["id"])
    for media_id in (theirs, unnamed, note["attachment"]["id"], "0" * 64, "x", "..%2f..%2fetc%2fpasswd"):
        assert (await place.download(customer, media_id)).status_code == 404, media_id
    assert (await place.download(customer, reply["attachment"]["id"])).content == png(7, 7)
    assert (await place.download(other, theirs)).content == PICTURE
    for headers in ({}, {"Authorization": "Bearer x"}):
        assert (await place.site.http.get(f"/api/chat/attachments/{theirs}", headers=headers)).status_code == 401


async def test_a_file_is_found_however_far_back_and_as_soon_as_it_is_named(place: Place) -> None:
    customer = await place.site.customer()
    old = await place.shown(customer, PICTURE)
    conversations = place.site.store.conversations
    for number in range(1100):
        entry = Entry(Kind.NOTE, Author.SYSTEM, 1, text="x", visibility=Visibility.INTERNAL)
        await conversations.accept(customer.conversation_id, entry, Once(f"k{number}", ""), place.clock())
    assert (await place.download(customer, old)).status_code == 200
    new = await place.shown(customer, PDF)
    assert (await place.download(customer, new)).status_code == 200
    assert (await place.download(customer, old)).status_code == 200


async def test_a_file_that_came_late_or_never_is_found_or_not(place: Place) -> None:
    customer = await place.site.customer()
    came = await place.media.put(chunks(PDF))
    refused = Attachment(AttachmentKind.IMAGE, AttachmentState.REFUSED, id=(await place.media.put(chunks(PICTURE))).id)
    entry = Entry(
        Kind.MEDIA, Author.CONTACT, 1, visibility=Visibility.INTERNAL, attachments=(came, refused), in_reply_to=1
    )
    await place.site.store.conversations.accept(customer.conversation_id, entry, Once("k", ""), place.clock())
    assert (await place.download(customer, came.id)).content == PDF
    assert (await place.download(customer, refused.id)).status_code == 404


async def test_a_file_that_was_deleted_is_not_found(place: Place) -> None:
    customer = await place.site.customer()
    media_id = await place.shown(customer, PDF)
    assert (await place.download(customer, media_id)).status_code == 200
    await place.media.delete(media_id)
    assert (await place.download(customer, media_id)).status_code == 404


# the desk


async def in_state(place: Place, state: str, ada: AgentDesk, bo: AgentDesk) -> tuple[Customer, str]:
    """Bring a conversation with a file in it into a state as Ada sees it; returns the file's id."""
    customer = await place.site.customer()
    media_id = await place.shown(customer, PICTURE)
    if state != "bot":
        await customer.send("person")
        await customer.until(lambda entry: entry.get("owner") == "queue")
    holder = ada if state.startswith("mine") else bo
    if state not in ("bot", "queue"):
        await holder.done(customer, "claim")
    if state.endswith("resolved"):
        await holder.done(customer, "resolve")
    return customer, media_id


@pytest.mark.parametrize(
    ("state", "may"),
    [
        ("bot", False),
        ("queue", True),
        ("mine", True),
        ("mine, resolved", True),
        ("colleague's", False),
        ("colleague's, resolved", False),
    ],
)
async def test_an_agent_opens_and_uploads_only_where_they_may_read(place: Place, state: str, may: bool) -> None:
    async with place.site.agent() as ada, place.site.agent("bo") as bo:
        customer, media_id = await in_state(place, state, ada, bo)
        opened = await ada.http.get(attachments_of(customer, media_id))
        assert opened.status_code == (200 if may else 403)
        assert (opened.content == PICTURE) is may
        upload = await place.desk_upload(ada, customer, PDF)
        assert upload.status_code == (201 if may else 403)


async def test_an_agent_opens_no_file_of_another_conversation_by_way_of_their_own(place: Place) -> None:
    async with place.site.agent() as ada, place.site.agent("bo") as bo:
        mine, _ = await in_state(place, "mine", ada, bo)
        theirs = await place.shown(await place.site.customer(), PDF)
        assert (await ada.http.get(attachments_of(mine, theirs))).status_code == 404
        assert (await ada.http.get(attachments_of(mine, "0" * 64))).status_code == 404


async def test_the_desks_files_need_session_origin_and_csrf(place: Place) -> None:
    async with place.site.agent() as ada, place.site.agent("bo") as bo:
        customer, media_id = await in_state(place, "mine", ada, bo)
        upload, opening = attachments_of(customer), attachments_of(customer, media_id)
        assert (await place.site.http.get(opening)).status_code == 401
        assert (await place.site.http.get(opening, headers=customer.headers)).status_code == 401
        for header in ("Origin", "X-CSRF-Token"):
            headers = {name: value for name, value in ada.http.headers.items() if name.lower() != header.lower()}
            async with httpx.AsyncClient(cookies=ada.http.cookies, base_url=place.site.origin) as bare:
                answer = await bare.post(upload, content=PDF, headers=headers)
            assert answer.status_code == 403, header
        assert (await place.site.http.post(upload, content=PDF)).status_code in (401, 403)


async def test_a_reply_may_be_a_file_alone_and_the_same_again_is_the_same(place: Place) -> None:
    async with place.site.agent() as ada:
        customer = await place.site.waiting_customer()
        await ada.done(customer, "claim")
        upload = (await place.desk_upload(ada, customer, PDF, "label.pdf")).json()
        first = await ada.act(customer, "replies", client_msg_id="r", text="", attachments=[upload["token"]])
        again = await ada.act(customer, "replies", client_msg_id="r", text="", attachments=[upload["token"]])
        assert (first.status_code, first.json()) == (201, again.json())
        other = (await place.desk_upload(ada, customer, PICTURE)).json()
        answer = await ada.act(customer, "replies", client_msg_id="r", text="", attachments=[other["token"]])
        assert answer.status_code == 409
        assert (await ada.act(customer, "replies", client_msg_id="s", text="")).status_code == 422
    entry = await customer.until(lambda entry: bool(entry["attachments"]))
    assert entry["attachments"][0]["name"] == "label.pdf"


async def test_a_lying_upload_at_the_desk_is_refused_too(place: Place) -> None:
    async with place.site.agent() as ada:
        customer = await place.site.waiting_customer()
        for content in (HTML, SVG):
            assert (await place.desk_upload(ada, customer, content, "a.png")).status_code == 422
