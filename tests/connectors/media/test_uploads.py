"""Tokens of uploads: what a message may name.

Seen red without the comparison of signatures, of conversation and sender, and of the time.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.media import Media, MediaOptions, local_media
from connectors.media.uploads import CONTACT, TOKEN_S, Uploads
from handoff.attachment import Attachment
from handoff.errors import InvalidInput
from handoff.media import UnknownMedia
from tests.connectors.media.files import PDF, chunks, png
from tests.fakes import FakeClock

KEY = b"k" * 32


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def media(tmp_path: Path, clock: FakeClock) -> Media:
    """A store."""
    return local_media(tmp_path, MediaOptions(spare_bytes=0), clock)


@pytest.fixture
def uploads(media: Media, clock: FakeClock) -> Uploads:
    """Tokens for it."""
    return Uploads(media, KEY, clock, max_files=2)


async def uploaded(media: Media, content: bytes = PDF, name: str = "a.pdf") -> Attachment:
    """Upload something."""
    return await media.put(chunks(content), name=name, waiting=True)


async def test_a_token_names_the_upload_and_keeps_it(media: Media, uploads: Uploads) -> None:
    attachment = await uploaded(media, name="på dansk 🙂" * 20)
    token, _ = uploads.token(attachment, "c_1", CONTACT)
    assert not await media.exists(attachment.id)
    assert await uploads.named([token], "c_1", CONTACT) == (attachment,)
    assert await media.exists(attachment.id)
    assert await uploads.named([token], "c_1", CONTACT) == (attachment,)


async def test_a_token_is_good_for_its_own_sender_and_conversation_only(media: Media, uploads: Uploads) -> None:
    token, _ = uploads.token(await uploaded(media), "c_1", CONTACT)
    for conversation_id, uploader in (("c_2", CONTACT), ("c_1", "agent:a_ada"), ("", ""), ("c_1", "")):
        with pytest.raises(InvalidInput, match="not known here"):
            await uploads.named([token], conversation_id, uploader)


async def test_a_token_expires(media: Media, uploads: Uploads, clock: FakeClock) -> None:
    token, until = uploads.token(await uploaded(media), "c_1", CONTACT)
    assert until == clock() + TOKEN_S * 1000
    clock.advance(TOKEN_S - 1)
    await uploads.named([token], "c_1", CONTACT)
    clock.advance(1)
    with pytest.raises(InvalidInput, match="too long ago"):
        await uploads.named([token], "c_1", CONTACT)


async def test_a_token_of_another_key_is_worth_nothing(media: Media, uploads: Uploads, clock: FakeClock) -> None:
    token, _ = Uploads(media, b"other" * 8, clock).token(await uploaded(media), "c_1", CONTACT)
    with pytest.raises(InvalidInput):
        await uploads.named([token], "c_1", CONTACT)


async def test_a_changed_token_is_worth_nothing(media: Media, uploads: Uploads) -> None:
    token, _ = uploads.token(await uploaded(media), "c_1", CONTACT)
    other, _ = uploads.token(await uploaded(media, png()), "c_1", CONTACT)
    payload, _, signature = token.partition(".")
    mixed = f"{payload}.{other.partition('.')[2]}"
    for wrong in (payload, f"{payload}.", f".{signature}", mixed, token[:-2], f"{token}A", f"A{token}", "ø" + token):
        with pytest.raises(InvalidInput):
            await uploads.named([wrong], "c_1", CONTACT)


@given(token=st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
async def test_no_text_at_all_makes_it_fail(token: str) -> None:
    uploads = Uploads(None, KEY, FakeClock())  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        await uploads.named([token], "c_1", CONTACT)


async def test_a_message_has_only_so_many_files_and_none_twice(media: Media, uploads: Uploads) -> None:
    contents = (PDF, png(), png(2, 2))
    tokens = [uploads.token(await uploaded(media, content), "c_1", CONTACT)[0] for content in contents]
    with pytest.raises(InvalidInput, match="at most 2 files"):
        await uploads.named(tokens, "c_1", CONTACT)
    with pytest.raises(InvalidInput, match="twice"):
        await uploads.named([tokens[0], tokens[0]], "c_1", CONTACT)
    assert not any([await media.exists((await uploaded(media, content)).id) for content in contents])
    assert len(await uploads.named(tokens[1:], "c_1", CONTACT)) == 2


async def test_a_file_that_is_gone_is_said_to_be(media: Media, uploads: Uploads) -> None:
    attachment = await uploaded(media)
    token, _ = uploads.token(attachment, "c_1", CONTACT)
    await media.delete(attachment.id)
    with pytest.raises(UnknownMedia):
        await uploads.named([token], "c_1", CONTACT)
