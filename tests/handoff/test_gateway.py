"""Accepting what customers write."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.attachment import Attachment, AttachmentKind
from handoff.buttons import ASK_PERSON
from handoff.entry import Author, Kind, Owner
from handoff.errors import InvalidInput, KeyReused, NotFound, StoreUnavailable
from handoff.model import Contact, Conversation
from handoff.store.memory import MemoryStore
from handoff.text import clean_text
from tests.handoff.scene import ADA, ID, Scene


async def test_a_text_is_kept_as_the_contacts_message(scene: Scene) -> None:
    accepted = await scene.gateway.accept(ID, external_id="m-1", text=" hello\r\nthere ")
    (entry,) = (await scene.gateway.page(ID)).entries
    assert (entry.seq, entry.kind, entry.author) == (accepted.seq, Kind.MESSAGE, Author.CONTACT)
    assert (entry.text, entry.choice, entry.external_id) == ("hello\nthere", None, "m-1")


async def test_a_repeated_message_has_the_same_seq_and_is_kept_once(scene: Scene) -> None:
    """Promise 3, first version. Goes red when the store does not look the key up, or when the digest is left out."""
    first = await scene.gateway.accept(ID, external_id="m-1", text="hello")
    others = await asyncio.gather(*(scene.gateway.accept(ID, external_id="m-1", text="hello") for _ in range(10)))
    assert not first.repeated
    assert {(other.seq, other.repeated) for other in others} == {(first.seq, True)}
    assert len(await scene.log()) == 1


async def test_the_same_id_with_another_body_is_refused(scene: Scene) -> None:
    await scene.gateway.accept(ID, external_id="m-1", text="hello")
    with pytest.raises(KeyReused):
        await scene.gateway.accept(ID, external_id="m-1", text="goodbye")
    assert len(await scene.log()) == 1


async def test_a_pressed_button_is_kept_with_its_title_and_payload(scene: Scene) -> None:
    await scene.say("menu")
    shown = (await scene.log())[-1]
    accepted = await scene.gateway.accept(ID, external_id="press", choice=f"{shown.seq}.0")
    kept = (await scene.gateway.page(ID, accepted.seq - 1)).entries[0]
    assert (kept.text, kept.choice) == ("Shoes", '/pick{"what": "shoes"}')


NEVER_SHOWN = ["99.0", "2.2", "1.0", "0.0", "-1.0", "2", "2.0.0", "/hats", "２.0", "2.0 ", "", "9" * 40]


@pytest.mark.parametrize("choice", NEVER_SHOWN)
async def test_a_button_that_was_never_shown_is_refused(scene: Scene, choice: str) -> None:
    await scene.say("menu")
    before = await scene.log()
    with pytest.raises(NotFound):
        await scene.gateway.accept(ID, external_id="press", choice=choice)
    assert await scene.log() == before


async def test_typed_text_that_looks_like_a_button_is_only_text(scene: Scene) -> None:
    await scene.say('/pick{"what": "shoes"}')
    assert (scene.bot.runs[-1].text, scene.bot.runs[-1].choice) == ('/pick{"what": "shoes"}', None)


@pytest.mark.parametrize("body", [{}, {"text": "a", "choice": "1.0"}])
async def test_exactly_one_of_text_and_choice_is_wanted(scene: Scene, body: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        await scene.gateway.accept(ID, external_id="m", **body)


@pytest.mark.parametrize(
    "text", ["", " \n\t ", "\u200b", "\u200f \u200d\ufeff", "a\0b", "\x07\x1b", "x" * 4001, "a\ud800"]
)
async def test_a_text_that_cannot_be_kept_is_refused_and_leaves_nothing(scene: Scene, text: str) -> None:
    with pytest.raises(InvalidInput):
        await scene.gateway.accept(ID, external_id="m", text=text)
    assert await scene.log() == []


ANY_SCRIPT = ["مرحبا \u200f!", "می\u200cخواهم", "👩\u200d👩\u200d👧", "<b>hi</b>", "x" * 4000, "\u200bx"]


@pytest.mark.parametrize("text", ANY_SCRIPT)
async def test_text_of_any_script_is_kept_as_it_is(scene: Scene, text: str) -> None:
    await scene.write(text)
    assert (await scene.log())[0].text == text


@pytest.mark.parametrize("external_id", ["", "x" * 129, "a\nb"])
async def test_an_id_that_cannot_be_a_key_is_refused(scene: Scene, external_id: str) -> None:
    with pytest.raises(InvalidInput):
        await scene.gateway.accept(ID, external_id=external_id, text="hello")


async def test_an_unknown_conversation_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        await scene.gateway.accept("c_unknown", external_id="m", text="hello")
    with pytest.raises(NotFound):
        await scene.gateway.accept("c_unknown", external_id="m", choice="1.0")


async def test_opening_an_open_conversation_returns_it_as_it_is(scene: Scene) -> None:
    await scene.hand_over(ADA)
    again = await scene.gateway.open(Conversation(ID, Contact("p_1"), "web", 0))
    assert again == await scene.now()


async def test_a_signed_contact_who_comes_again_is_known_by_their_new_details(scene: Scene) -> None:
    moved = Contact("p_1", verified=True, customer_id="7", email="new@example.com")
    again = await scene.gateway.open(Conversation(ID, moved, "web", 0))
    assert again.contact == (await scene.now()).contact == moved
    stranger = await scene.gateway.open(Conversation(ID, Contact("p_1"), "web", 0))
    assert stranger.contact == moved


async def test_nothing_is_accepted_while_the_store_is_down() -> None:
    store = MemoryStore()
    scene = await Scene.set(store)
    store.answers = False
    with pytest.raises(StoreUnavailable):
        await scene.gateway.accept(ID, external_id="m", text="hello")
    store.answers = True
    assert await scene.log() == []


@pytest.mark.parametrize(("after", "limit"), [(-1, 10), (0, 0), (0, 501)])
async def test_a_page_out_of_range_is_refused(scene: Scene, after: int, limit: int) -> None:
    with pytest.raises(InvalidInput):
        await scene.gateway.page(ID, after, limit)


@given(st.text())
def test_a_cleaned_text_is_either_refused_or_stays_as_it_is(text: str) -> None:
    try:
        kept = clean_text(text, 4000)
    except InvalidInput:
        return
    assert clean_text(kept, 4000) == kept
    assert kept.encode("utf-8")


# attachments

FILE = Attachment(AttachmentKind.IMAGE, id="a" * 64, name="shoe.jpg", size=10)


async def test_an_attachment_may_come_with_or_without_a_text(scene: Scene) -> None:
    await scene.gateway.accept(ID, external_id="m1", attachments=(FILE,))
    await scene.gateway.accept(ID, external_id="m2", text="look", attachments=(FILE,), in_reply_to=1)
    alone, captioned = await scene.log()
    assert (alone.text, alone.attachments) == ("", (FILE,))
    assert (captioned.text, captioned.attachments, captioned.in_reply_to) == ("look", (FILE,), 1)


async def test_the_same_id_with_another_attachment_is_refused(scene: Scene) -> None:
    await scene.gateway.accept(ID, external_id="m1", text="look", attachments=(FILE,))
    again = await scene.gateway.accept(ID, external_id="m1", text="look", attachments=(FILE,))
    assert again.repeated
    with pytest.raises(KeyReused):
        await scene.gateway.accept(ID, external_id="m1", text="look")


async def test_a_choice_takes_no_attachments(scene: Scene) -> None:
    with pytest.raises(InvalidInput):
        await scene.gateway.accept(ID, external_id="m1", choice="1.0", attachments=(FILE,))


async def test_whoever_sends_only_a_file_is_offered_a_person_and_gets_one(scene: Scene) -> None:
    await scene.gateway.accept(ID, external_id="m1", attachments=(FILE,))
    await scene.worker.step(ID)
    notice = (await scene.log())[-1]
    assert [button.payload for button in notice.buttons] == [ASK_PERSON]
    assert scene.bot.asked == []
    await scene.gateway.accept(ID, external_id="m2", choice=f"{notice.seq}.0")
    await scene.worker.step(ID)
    assert (await scene.now()).owner is Owner.QUEUE
