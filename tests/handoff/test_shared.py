"""What customers send instead of words, and what they are told about it."""

from __future__ import annotations

from itertools import count

import pytest

from handoff.attachment import Attachment, AttachmentKind
from handoff.bot import TurnRequest, TurnResult
from handoff.entry import Author, Entry, Kind
from handoff.model import Contact, Conversation
from handoff.shared import TELL_AGAIN_MS
from tests.handoff.scene import Scene, said

OWN = "+4520123402"
PHOTO = Attachment(AttachmentKind.IMAGE, id="a" * 64, name="lamp.jpg", type="image/jpeg")
VIDEO = Attachment(AttachmentKind.VIDEO, id="b" * 64, name="lamp.mp4", type="video/mp4")
PLACE = Attachment(AttachmentKind.LOCATION, latitude=55.7, longitude=12.6)
_ids = count()


async def opened(scene: Scene, phone: str | None = OWN) -> str:
    """Open a conversation with somebody whose number the platform has verified; returns its id."""
    contact = Contact("p_phone", phone=phone)
    return (await scene.gateway.open(Conversation("c_phone", contact, "telegram", scene.clock()))).id


async def send(scene: Scene, conversation_id: str, *attachments: Attachment) -> list[Entry]:
    """Have the customer send something without words; returns what came of it."""
    accepted = await scene.gateway.accept(
        conversation_id, external_id=f"s{next(_ids)}", text=None, attachments=attachments
    )
    await scene.worker.step(conversation_id)
    return [entry for entry in await scene.log(conversation_id) if entry.seq > accepted.seq]


def card(phone: str) -> Attachment:
    """A contact card."""
    return Attachment(AttachmentKind.CONTACT, name="Kim", phone=phone)


@pytest.mark.parametrize("written", [OWN, "+45 20-12 34 02"])
async def test_whoever_shares_their_own_number_says_it(scene: Scene, written: str) -> None:
    heard: list[str | None] = []

    def bot(request: TurnRequest) -> TurnResult:
        heard.append(request.text)
        return TurnResult()

    conversation = await opened(scene)
    scene.bot.answer = bot
    assert said(await send(scene, conversation, card(written)), Author.SYSTEM) == []
    assert heard == [OWN]


@pytest.mark.parametrize("own", [OWN, None])
async def test_the_card_of_somebody_else_says_nothing(scene: Scene, own: str | None) -> None:
    conversation = await opened(scene, own)
    (told,) = await send(scene, conversation, card("+4520999999"))
    assert (told.kind, told.author) == (Kind.MESSAGE, Author.SYSTEM)


async def test_pictures_of_one_album_are_answered_once_and_a_place_after_them_again(scene: Scene) -> None:
    conversation = await opened(scene)
    answers = [len(await send(scene, conversation, one)) for one in (PHOTO, PHOTO, VIDEO, PLACE, card("+4520999999"))]
    assert answers == [1, 0, 0, 1, 1]


async def test_a_file_some_time_later_is_answered_again(scene: Scene) -> None:
    conversation = await opened(scene)
    assert len(await send(scene, conversation, PHOTO)) == 1
    scene.clock.now += TELL_AGAIN_MS
    assert len(await send(scene, conversation, PHOTO)) == 1
