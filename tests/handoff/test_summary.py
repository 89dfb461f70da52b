"""What an agent reads first."""

from __future__ import annotations

from handoff.entry import Author
from handoff.model import Contact, Conversation
from handoff.summary import Summary, misunderstood, summarise
from tests.handoff.scene import ADA, ID, Scene


async def test_a_summary_says_why_what_is_known_and_what_was_tried(scene: Scene) -> None:
    for text in ("hello", "gibberish", "gibberish", "hello", "person"):
        await scene.say(text)
    summary = summarise(await scene.now(), await scene.log())
    assert (summary.reason, summary.topic) == ("asked", "returns")
    assert dict(summary.details) == {"order_number": "10234"}
    assert summary.tried == ("echo", "person")
    assert summary.misunderstandings == 2
    assert summary.first_message == "hello"
    assert [said.text for said in summary.last_messages] == ["hello", "bot: hello", "person", "I'll get someone."]
    assert {said.author for said in summary.last_messages} == {Author.CONTACT, Author.BOT}


async def test_the_messages_that_were_not_understood_are_named(scene: Scene) -> None:
    await scene.say("hello")
    seq = await scene.write("gibberish")
    await scene.worker.step(ID)
    assert misunderstood(await scene.log()) == {seq}


async def test_notes_are_not_quoted_and_earlier_outcomes_are(scene: Scene) -> None:
    await scene.hand_over(ADA)
    await scene.desk.note(ID, ADA, "n-1", "Careful.")
    await scene.desk.give_back(ID, ADA, "sent a new one")
    await scene.worker.step(ID)
    summary = summarise(await scene.now(), await scene.log())
    assert "Careful." not in [said.text for said in summary.last_messages]
    assert summary.outcomes == ("sent a new one",)
    assert summary.reason == ""


def test_an_empty_conversation_has_an_empty_summary() -> None:
    assert summarise(Conversation("c_1", Contact("p_1"), "web", 0), []) == Summary()
