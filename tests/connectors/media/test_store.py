"""The contract of the media store, on a local directory and on a real S3 server.

Seen red without the limit, the sweep, the check of ids, the promotion, and with the scan's answer ignored.
"""

from __future__ import annotations

import asyncio
import hashlib
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.media import Media, MediaOptions, S3Place, local_media, s3_media
from connectors.media.scan import Scan
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.media import (
    MediaEmpty,
    MediaRefused,
    MediaStore,
    MediaTooLarge,
    MediaTypeRefused,
    MediaUnavailable,
    MediaUnsafe,
    UnknownMedia,
)
from tests.connectors.media.conftest import MakeStore
from tests.connectors.media.files import HTML, PDF, TAKEN, chunks, gathered, jpeg, png
from tests.fakes import FakeClock

PICTURE = png(3, 2)
DAY_S = 86_400


def now() -> FakeClock:
    """A clock that stands at the present, which is when the stores say that something was written."""
    return FakeClock(int(time.time() * 1000))


def spooled(tmp_path: Path) -> list[Path]:
    """What is left in the spool of either store."""
    return [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name == "spool"]


async def test_what_was_put_is_read_back_under_the_digest_of_its_bytes(media: Media) -> None:
    store: MediaStore = media
    attachment = await store.put(chunks(PICTURE, 7), name="holiday.png", claimed_type="image/png")
    assert attachment == Attachment(
        AttachmentKind.IMAGE,
        id=hashlib.sha256(PICTURE).hexdigest(),
        name="holiday.png",
        type="image/png",
        size=len(PICTURE),
    )
    assert await store.exists(attachment.id)
    assert await gathered(store.open(attachment.id)) == PICTURE


async def test_a_large_file_goes_through_in_pieces(make_store: MakeStore) -> None:
    media = make_store(MediaOptions(max_bytes=5_000_000))
    content = b"a line of text\n" * 300_000
    attachment = await media.put(chunks(content, 65_536))
    pieces = [piece async for piece in media.open(attachment.id)]
    assert b"".join(pieces) == content
    assert len(pieces) > 1


async def test_the_same_bytes_are_one_file_whatever_they_are_called(media: Media) -> None:
    first, second = await asyncio.gather(media.put(chunks(PDF), name="a.pdf"), media.put(chunks(PDF), name="b.pdf"))
    assert first.id == second.id
    assert (first.name, second.name) == ("a.pdf", "b.pdf")
    assert await gathered(media.open(first.id)) == PDF


async def test_a_file_over_the_limit_is_refused_before_it_is_read_to_its_end(
    make_store: MakeStore, tmp_path: Path
) -> None:
    media = make_store(MediaOptions(max_bytes=10_000))
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1000
            yield b"x" * 1000

    with pytest.raises(MediaTooLarge) as refused:
        await media.put(endless(), name="long.txt")
    assert read == 11_000
    assert refused.value.attachment.state is AttachmentState.REFUSED
    assert "0.01 MB" in refused.value.attachment.note
    assert not spooled(tmp_path)
    exact = await media.put(chunks(b"x" * 10_000))
    assert exact.size == 10_000


async def test_nothing_of_a_refused_file_is_kept(media: Media, tmp_path: Path) -> None:
    with pytest.raises(MediaTypeRefused) as refused:
        await media.put(chunks(HTML), name="photo.jpg", claimed_type="image/jpeg")
    told = refused.value.attachment
    assert (told.state, told.kind, told.name, told.id) == (
        AttachmentState.REFUSED,
        AttachmentKind.IMAGE,
        "photo.jpg",
        "",
    )
    assert told.note == refused.value.message
    assert not await media.exists(hashlib.sha256(HTML).hexdigest())
    assert not spooled(tmp_path)


async def test_an_empty_file_is_refused(media: Media) -> None:
    with pytest.raises(MediaEmpty):
        await media.put(chunks(b""))


@pytest.mark.parametrize("picture", [png()[:12] + b"XXXX" + png()[16:], jpeg(60_000, 60_000), jpeg()[:20]])
async def test_a_picture_that_no_browser_could_show_is_refused(media: Media, picture: bytes) -> None:
    with pytest.raises(MediaTypeRefused):
        await media.put(chunks(picture))


async def test_what_the_sender_raises_comes_out_and_nothing_is_kept(media: Media, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield PICTURE
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await media.put(broken())
    assert not await media.exists(hashlib.sha256(PICTURE).hexdigest())
    assert not spooled(tmp_path)


async def test_an_upload_that_is_broken_off_leaves_nothing(media: Media, tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield PICTURE
        reached.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(media.put(stuck()))
    await reached.wait()
    assert len(spooled(tmp_path)) == 1
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert not spooled(tmp_path)


async def test_an_upload_waits_unseen_until_a_message_names_it(media: Media) -> None:
    attachment = await media.put(chunks(PICTURE), waiting=True)
    assert not await media.exists(attachment.id)
    with pytest.raises(UnknownMedia):
        await gathered(media.open(attachment.id))
    await media.keep(attachment.id)
    await media.keep(attachment.id)
    assert await gathered(media.open(attachment.id)) == PICTURE


async def test_uploads_that_no_message_names_are_forgotten_after_a_day_and_the_others_stay(
    make_store: MakeStore,
) -> None:
    clock = now()
    media = make_store(clock=clock)
    unnamed = await media.put(chunks(PICTURE), waiting=True)
    named = await media.put(chunks(PDF), waiting=True)
    await media.keep(named.id)
    clock.advance(DAY_S - 60)
    assert await media.sweep() == 0
    clock.advance(120)
    assert await media.sweep() == 1
    with pytest.raises(UnknownMedia):
        await media.keep(unnamed.id)
    clock.advance(365 * DAY_S)
    assert await media.sweep() == 0
    assert await gathered(media.open(named.id)) == PDF


async def test_a_waiting_upload_of_what_is_kept_already_takes_nothing_away(make_store: MakeStore) -> None:
    clock = now()
    media = make_store(clock=clock)
    kept = await media.put(chunks(PDF))
    await media.put(chunks(PDF), waiting=True)
    clock.advance(2 * DAY_S)
    assert await media.sweep() == 1
    assert await gathered(media.open(kept.id)) == PDF
    await media.keep(kept.id)


async def test_what_an_interrupted_process_left_in_the_spool_is_swept(make_store: MakeStore, tmp_path: Path) -> None:
    clock = now()
    media = make_store(clock=clock)
    spool = next(path for path in tmp_path.rglob("spool") if path.is_dir())
    (spool / "left").write_bytes(b"half a fi")
    assert await media.sweep() == 0
    clock.advance(DAY_S + 60)
    assert await media.sweep() == 1
    assert not spooled(tmp_path)


async def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_error(media: Media) -> None:
    kept = await media.put(chunks(PDF))
    waiting = await media.put(chunks(PICTURE), waiting=True)
    for media_id in (kept.id, kept.id, waiting.id):
        await media.delete(media_id)
    assert not await media.exists(kept.id)
    with pytest.raises(UnknownMedia):
        await gathered(media.open(kept.id))
    with pytest.raises(UnknownMedia):
        await media.keep(waiting.id)


@pytest.mark.parametrize(
    "media_id", ["", "a" * 63, "A" * 64, "../" * 21 + "a", "é" * 64, "0" * 64 + "\n", "/etc/passwd", "\0" * 64]
)
async def test_what_is_no_id_names_no_file(media: Media, media_id: str) -> None:
    for step in (media.keep, media.exists, media.delete):
        with pytest.raises(UnknownMedia):
            await step(media_id)
    with pytest.raises(UnknownMedia):
        await gathered(media.open(media_id))


async def test_an_id_that_was_never_given_names_no_file(media: Media) -> None:
    assert not await media.exists("0" * 64)
    with pytest.raises(UnknownMedia):
        await anext(media.open("0" * 64))


@pytest.mark.parametrize("kind", sorted(TAKEN))
async def test_every_kind_that_is_taken_comes_back_whole(media: Media, kind: str) -> None:
    content, claimed_type, _, media_type = TAKEN[kind]
    attachment = await media.put(chunks(content), claimed_type=claimed_type)
    assert attachment.type == media_type
    assert await gathered(media.open(attachment.id)) == content


async def test_a_file_that_the_scan_refuses_is_not_kept(make_store: MakeStore, tmp_path: Path) -> None:
    media = make_store(MediaOptions(scan=Scan("sh -c '! grep -q EICAR'")))
    with pytest.raises(MediaUnsafe) as refused:
        await media.put(chunks(b"this is EICAR they say"), name="a.txt")
    assert refused.value.attachment.type == "text/plain"
    assert not await media.exists(hashlib.sha256(b"this is EICAR they say").hexdigest())
    assert not spooled(tmp_path)
    assert (await media.put(chunks(b"this is harmless"))).state is AttachmentState.READY


async def test_no_file_is_kept_while_the_scan_cannot_be_run(make_store: MakeStore) -> None:
    media = make_store(MediaOptions(scan=Scan("/no/such/scanner -")))
    with pytest.raises(MediaUnavailable):
        await media.put(chunks(PDF))
    assert not await media.exists(hashlib.sha256(PDF).hexdigest())


async def test_no_file_is_taken_where_the_disk_is_nearly_full(tmp_path: Path) -> None:
    media = local_media(tmp_path, MediaOptions(spare_bytes=10**18), FakeClock())
    with pytest.raises(MediaUnavailable):
        await media.put(chunks(PDF))


async def test_a_refusal_is_an_invalid_input_for_whoever_only_knows_those(media: Media) -> None:
    with pytest.raises(MediaRefused) as refused:
        await media.put(chunks(HTML))
    assert (refused.value.status, refused.value.code) == (422, "file_type_refused")


# what only one of them has


async def test_a_local_file_is_its_owners_alone(tmp_path: Path) -> None:
    media = local_media(tmp_path / "media", MediaOptions(spare_bytes=0), FakeClock())
    attachment = await media.put(chunks(PDF))
    await media.put(chunks(PICTURE), waiting=True)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "media", *(tmp_path / "media").rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert (tmp_path / "media" / "kept" / attachment.id[:2] / attachment.id).read_bytes() == PDF


async def test_a_directory_that_cannot_be_written_is_an_outage(tmp_path: Path) -> None:
    media = local_media(tmp_path / "media", MediaOptions(spare_bytes=0), FakeClock())
    (tmp_path / "media" / "kept").write_text("a file where a folder should be")
    with pytest.raises(MediaUnavailable):
        await media.put(chunks(PDF))


async def test_a_bucket_that_does_not_answer_is_an_outage(s3_place: S3Place, tmp_path: Path) -> None:
    gone = S3Place("files", "", "http://127.0.0.1:9", "us-east-1", "k", "s")
    missing = S3Place("no-such-bucket", "", s3_place.endpoint, "us-east-1", "k", "s")
    for place in (gone, missing):
        media = s3_media(place, tmp_path, MediaOptions(spare_bytes=0), FakeClock())
        with pytest.raises(MediaUnavailable) as outage:
            await media.put(chunks(PDF))
        assert place.endpoint not in outage.value.message


async def test_keys_and_the_server_may_come_from_the_environment(
    s3_place: S3Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "REGION": "us-east-1"}
    for name, value in {**told, "ENDPOINT_URL": s3_place.endpoint}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    media = s3_media(S3Place.at(f"s3://files/{s3_place.prefix}"), tmp_path, MediaOptions(spare_bytes=0), FakeClock())
    kept = await media.put(chunks(PDF))
    assert await s3_media(s3_place, tmp_path, MediaOptions(), FakeClock()).exists(kept.id)


async def test_two_prefixes_of_a_bucket_know_nothing_of_each_other(s3_place: S3Place, tmp_path: Path) -> None:
    other = S3Place("files", s3_place.prefix + "0", s3_place.endpoint, "us-east-1", "k", "s")
    clock = now()
    ours, theirs = (s3_media(place, tmp_path, MediaOptions(spare_bytes=0), clock) for place in (s3_place, other))
    kept = await ours.put(chunks(PDF))
    await theirs.put(chunks(PICTURE), waiting=True)
    assert not await theirs.exists(kept.id)
    clock.advance(2 * DAY_S)
    assert await ours.sweep() == 0
    assert await theirs.sweep() == 1


@pytest.mark.parametrize("address", ["s3://", "http://bucket/x", "bucket", ""])
def test_an_address_without_a_bucket_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="s3://"):
        S3Place.at(address)


def test_an_address_names_bucket_and_prefix_and_no_secret_is_shown() -> None:
    assert S3Place.at("s3://files/shop/a/") == S3Place("files", "shop/a")
    assert "hush" not in repr(S3Place("files", access_key="hush", secret_key="hush"))
