"""What waiting customers type instead of pressing a button, in every language that there are notices in."""

from __future__ import annotations

import pytest

from handoff.buttons import CALL_BACK, LEAVE_QUEUE
from handoff.entry import Author
from handoff.notices import Say
from handoff.wishes import SHOW_AGAIN, wish
from tests.handoff.scene import ID, NOTICES, Scene, said


@pytest.mark.parametrize("language", NOTICES.languages)
def test_a_title_means_its_button_however_it_is_written(language: str) -> None:
    for what, payload in ((Say.QUEUE_LEAVE, LEAVE_QUEUE), (Say.QUEUE_CALLBACK, CALL_BACK)):
        title = NOTICES.say(what, language)
        for typed in (title, title.upper(), f"  {title}!!", f"“{title}”…", f"OK. {title}?"):
            assert wish(NOTICES, typed) == payload, typed


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("yes please, call me back", CALL_BACK),
        ("call me back, thanks", CALL_BACK),
        ("ok take me back to assistant please", LEAVE_QUEUE),
        ("Ring mig op, tak", CALL_BACK),
        ("перезвоните мне, пожалуйста", CALL_BACK),
        ("请给我回电", CALL_BACK),
        ("أريد اتصالا منكم من فضلكم", CALL_BACK),
    ],
)
def test_a_title_within_a_short_message_means_its_button(typed: str, means: str) -> None:
    assert wish(NOTICES, typed) == means


@pytest.mark.parametrize(
    "typed",
    [
        "please don't call me back",
        "ring mig op? nej",
        "не перезвоните мне",
        "不要给我回电",
        "go on with the bot",
        "can I talk to the robot instead",
        "could you phone me?",
        "tilbage til botten",
        "хочу обратно к боту",
        "我想和机器人聊",
        "الروبوت",
    ],
)
def test_what_is_about_the_ways_out_but_unclear_brings_them_again(typed: str) -> None:
    assert wish(NOTICES, typed) == SHOW_AGAIN


@pytest.mark.parametrize(
    "typed",
    [
        "hello?",
        "my order number is 10234",
        "I just read in your mail that I could call me back a courier whenever I like, is that so",
        "the parcel shop told me on the phone that the box was never handed in, so what now",
        "…",
        "",
    ],
)
def test_anything_else_is_for_the_colleague(typed: str) -> None:
    assert wish(NOTICES, typed) is None


async def test_an_unclear_wish_is_answered_with_the_buttons_however_lately_they_were_shown(scene: Scene) -> None:
    await scene.hand_over()
    assert await scene.say("are you there?") == []
    (notice,) = await scene.say("go on with the bot")
    titles = [button.title for button in notice.buttons]
    assert (notice.author, titles) == (Author.SYSTEM, ["Call me back", "Back to assistant"])
    assert (await scene.now()).owner == "queue"


async def test_a_wish_in_another_language_than_the_conversations_is_understood(scene: Scene) -> None:
    await scene.hand_over()
    await scene.say("Til assistenten!")
    assert (await scene.now(ID)).owner == "bot"
    assert said(await scene.say("hello"), Author.BOT) == ["bot: hello"]
