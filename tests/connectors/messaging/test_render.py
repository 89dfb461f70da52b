"""Entries as messages, within what a platform can show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Capabilities
from connectors.messaging.render import numbered, render
from connectors.messaging.splitting import measure
from connectors.outgoing import FileOut, MessageOut, OptionStyle, PlaceOut, TemplateOut, TextOut
from connectors.whatsapp.channel import CAPABILITIES as WHATSAPP
from handoff.attachment import Attachment, AttachmentKind, AttachmentState
from handoff.entry import Asks, Author, Button, Entry, Kind, Template
from tests.connectors.messaging.played import words
from tests.connectors.messaging.rig import NOTICES, Files

PLAIN = Capabilities(max_text=160)


def said(text: str = "", *titles: str, **fields: object) -> Entry:
    buttons = tuple(Button(title, f"/{title}") for title in titles)
    return Entry(Kind.MESSAGE, Author.BOT, 0, seq=7, text=text, buttons=buttons, **fields)  # type: ignore[arg-type]


def shown(entry: Entry, can: Capabilities, language: str = "en") -> list[MessageOut]:
    return render(entry, can, NOTICES, Files(), language=language)


def texts(entry: Entry, can: Capabilities) -> list[str]:
    return [words(message) for message in shown(entry, can)]


# choices step down


def test_few_short_choices_are_buttons() -> None:
    (message,) = shown(said("Which?", "Shoes", "Hats"), WHATSAPP)
    assert isinstance(message, TextOut)
    assert message.style is OptionStyle.BUTTONS
    assert [(option.id, option.title) for option in message.options] == [("7.0", "Shoes"), ("7.1", "Hats")]


def test_more_choices_than_buttons_are_a_list() -> None:
    (message,) = shown(said("Which?", *"abcdefg"), WHATSAPP)
    assert isinstance(message, TextOut)
    assert (message.style, len(message.options), message.list_button) == (OptionStyle.LIST, 7, "Choose")


def test_a_title_that_is_too_long_for_a_row_is_told_under_it() -> None:
    long = "Return a pair of shoes that I bought in September"
    (message,) = shown(said("Which?", long, "Hats"), WHATSAPP)
    assert isinstance(message, TextOut)
    assert message.options[0].description == long
    assert message.options[0].title.endswith("…")
    assert message.options[1].description == ""


def test_titles_that_fit_nowhere_are_told_in_full_above() -> None:
    long = "x" * 100
    (message,) = shown(said("Which?", long, "Hats"), WHATSAPP)
    assert isinstance(message, TextOut)
    assert f"1. {long}\n2. Hats" in message.text
    assert [option.title[:3] for option in message.options] == ["1. ", "2. "]
    assert numbered(said("Which?", long, "Hats"), WHATSAPP)


def test_equal_titles_can_be_told_apart() -> None:
    """Goes red when only lengths are looked at; platforms refuse equal titles."""
    (message,) = shown(said("Which?", "Shoes", "Shoes"), WHATSAPP)
    assert isinstance(message, TextOut)
    assert len({option.title for option in message.options}) == 2


def test_too_many_choices_are_numbered_lines() -> None:
    entry = said("Which?", *(f"Shop {n}" for n in range(1, 13)))
    (message,) = shown(entry, WHATSAPP)
    assert isinstance(message, TextOut)
    assert message.options == ()
    assert "12. Shop 12\n\nReply with the number of your choice." in message.text
    assert numbered(entry, WHATSAPP)
    assert not numbered(said("Which?", "Shoes"), WHATSAPP)
    assert not numbered(said("Which?"), PLAIN)


def test_numbered_lines_in_arabic_keep_their_direction() -> None:
    (text,) = texts(said("أيّها؟", "iPhone 15", "حذاء", language="ar"), PLAIN)
    assert "\n\u200f1. iPhone 15\n\u200f2. حذاء\n" in text
    assert text.endswith("أجب برقم اختيارك.")


def test_marks_of_direction_are_kept() -> None:
    assert texts(said("\u200fمرحبا \u2067abc\u2069"), WHATSAPP) == ["\u200fمرحبا \u2067abc\u2069"]


def test_a_long_text_has_its_choices_on_the_last_part() -> None:
    messages = shown(said("A sentence here. " * 300, "Shoes", "Hats"), WHATSAPP)
    assert len(messages) > 1
    *before, last = messages
    assert isinstance(last, TextOut)
    assert len(last.options) == 2
    assert len(last.text) <= 1024
    assert not any(isinstance(one, TextOut) and one.options for one in before)


def test_choices_without_a_text_get_one() -> None:
    (message,) = shown(said("", "Shoes"), WHATSAPP)
    assert words(message) == "Choose"


# files and places


def file(kind: AttachmentKind = AttachmentKind.IMAGE, **fields: object) -> Attachment:
    return replace(Attachment(kind, id="a" * 64, name="shoe.jpg", type="image/jpeg", size=1000), **fields)  # type: ignore[arg-type]


def test_a_file_takes_the_text_as_its_caption() -> None:
    (message,) = shown(said("Your shoe", attachments=(file(),)), WHATSAPP)
    assert isinstance(message, FileOut)
    assert message.caption == "Your shoe"


def test_files_go_before_a_text_that_has_choices() -> None:
    assert texts(said("Which?", "A", attachments=(file(), file())), WHATSAPP) == ["[image]", "[image]", "Which?"]


def test_an_image_that_is_too_large_goes_out_as_a_document() -> None:
    (message,) = shown(said(attachments=(file(size=6_000_000),)), WHATSAPP)
    assert isinstance(message, FileOut)
    assert message.attachment.kind is AttachmentKind.DOCUMENT


def test_what_the_platform_cannot_take_is_a_line_that_says_so() -> None:
    for lacking in (file(size=10**9), file(state=AttachmentState.REFUSED), file(state=AttachmentState.PENDING, id="")):
        assert texts(said("Look", attachments=(lacking,)), WHATSAPP) == [
            "Look\n\nA file cannot be shown here. (shoe.jpg)"
        ]
    assert texts(said(attachments=(file(),)), PLAIN) == ["A file cannot be shown here. (shoe.jpg)"]


def test_links_cards_and_places_are_told_in_words_where_need_be() -> None:
    link = Attachment(AttachmentKind.LINK, name="Manual", url="https://shop.example/m")
    card = Attachment(AttachmentKind.CONTACT, name="Ada", phone="+4512345678")
    place = Attachment(AttachmentKind.LOCATION, name="Shop", latitude=55.6761, longitude=12.5683)
    assert texts(said("See", attachments=(link, card, place)), PLAIN) == [
        "See\n\nManual https://shop.example/m\nAda +4512345678\nShop 55.676100, 12.568300"
    ]
    first, _ = shown(said("See", attachments=(place,)), WHATSAPP)
    assert isinstance(first, PlaceOut)


def test_a_template_goes_out_as_one_where_there_are_any() -> None:
    entry = said("Your order 1 was shipped", template=Template("shipped", "en", ("1",)))
    assert isinstance(shown(entry, WHATSAPP)[0], TemplateOut)
    assert texts(entry, PLAIN) == ["Your order 1 was shipped"]


def test_an_entry_of_nothing_but_blanks_is_no_message() -> None:
    assert shown(said(" \n "), PLAIN) == []


# whatever comes

CAPABILITIES = st.builds(
    Capabilities,
    max_text=st.integers(60, 400),
    max_interactive=st.integers(60, 200),
    max_caption=st.integers(0, 100),
    max_buttons=st.integers(0, 5),
    button_title=st.integers(0, 30),
    list_rows=st.integers(0, 12),
    row_title=st.integers(0, 30),
    row_description=st.integers(0, 80),
    media=st.sampled_from([{}, {AttachmentKind.IMAGE: 2000}, {AttachmentKind.DOCUMENT: 10**6}]),
    places=st.booleans(),
    units=st.sampled_from(["code points", "UTF-16"]),
)
WORDS = st.text(
    st.one_of(st.sampled_from("ab c.\n。א\u200f👩‍👧😀"), st.characters(exclude_categories=("Cs", "Cc"))), max_size=500
)
TITLES = st.lists(st.text(st.sampled_from("abc אב😀 "), max_size=60), max_size=15)


@settings(max_examples=400, deadline=None)
@given(CAPABILITIES, WORDS, TITLES, st.integers(0, 3))
def test_nothing_exceeds_the_limits_nothing_is_lost_and_every_choice_can_be_made(
    can: Capabilities, text: str, titles: list[str], files: int
) -> None:
    entry = said(text, *titles, attachments=tuple(file(size=1000 * n) for n in range(files)))
    messages, count = shown(entry, can), measure(can.units)
    everything = " ".join(words(message) for message in messages)
    for place, message in enumerate(messages):
        if isinstance(message, FileOut):
            assert count(message.caption) <= can.max_caption
            assert message.attachment.size <= can.media[message.attachment.kind]
        if not isinstance(message, TextOut):
            continue
        assert message.text
        assert count(message.text) <= (can.max_interactive if message.options else can.max_text)
        if message.options:
            assert place == len(messages) - 1
            is_list = message.style is OptionStyle.LIST
            assert len(message.options) <= (can.list_rows if is_list else can.max_buttons)
            for option in message.options:
                assert 0 < count(option.title) <= (can.row_title if is_list else can.button_title)
                assert count(option.description) <= (can.row_description if is_list else 0)
            assert len({option.title for option in message.options}) == len(message.options)
            assert [option.id for option in message.options] == [f"7.{n}" for n in range(len(titles))]
    assert "".join(text.split()) in "".join(everything.split())
    last = messages[-1] if messages else None
    if titles:
        assert isinstance(last, TextOut)
        for number, title in enumerate(titles, start=1):
            told = " ".join(title.split())
            in_options = any(told in (option.title, option.description) for option in last.options)
            in_text = "".join(f"{number}. {told}".split()) in "".join(everything.split())
            assert in_options or in_text or not told
        assert last.options or numbered(entry, can)
    assert files or shown(entry, can) == messages


# a phone number is asked for


BUTTONS = Capabilities(max_text=160, max_interactive=160, max_buttons=3, button_title=20)
TELEGRAM_LIKE = replace(BUTTONS, asks_phone=True)


def test_the_last_part_of_a_question_for_a_number_has_the_button_that_shares_it() -> None:
    messages = shown(said("We call you. " * 20 + "Which number?", asks=Asks.PHONE), TELEGRAM_LIKE)
    assert len(messages) > 1
    assert [one.phone_button for one in messages if isinstance(one, TextOut)] == [
        *[""] * (len(messages) - 1),
        "Share my phone number",
    ]


def test_the_button_is_named_in_the_language_of_the_question() -> None:
    (message,) = shown(said("Hvilket nummer?", asks=Asks.PHONE, language="da"), TELEGRAM_LIKE)
    assert isinstance(message, TextOut)
    assert message.phone_button == "Del mit telefonnummer"


def test_choices_stay_where_they_are_and_the_button_comes_below_them() -> None:
    question, offer = shown(said("Which number?", "Leave it", asks=Asks.PHONE), TELEGRAM_LIKE)
    assert question == shown(said("Which number?", "Leave it"), TELEGRAM_LIKE)[0]
    assert isinstance(offer, TextOut)
    assert (offer.options, offer.phone_button) == ((), "Share my phone number")
    assert "button below" in offer.text


def test_a_file_that_asks_is_followed_by_the_button() -> None:
    can = replace(TELEGRAM_LIKE, media={AttachmentKind.IMAGE: 10**6}, max_caption=99)
    picture, offer = shown(said("Which number?", attachments=(file(),), asks=Asks.PHONE), can)
    assert isinstance(picture, FileOut)
    assert isinstance(offer, TextOut)
    assert offer.phone_button


def test_the_button_goes_with_the_first_text_that_can_take_it_away() -> None:
    first, second = shown(said("Thank you. " * 20, asks_no_more=True), TELEGRAM_LIKE)[:2]
    assert isinstance(first, TextOut)
    assert isinstance(second, TextOut)
    assert (first.no_phone_button, second.no_phone_button) == (True, False)


def test_what_stands_above_choices_goes_ahead_and_takes_the_button_away() -> None:
    above, question = shown(said("Thank you.\n\nIt is on its way.\n\nMore?", "Yes", asks_no_more=True), TELEGRAM_LIKE)
    assert above == TextOut("Thank you.\n\nIt is on its way.", no_phone_button=True)
    assert question == shown(said("More?", "Yes"), TELEGRAM_LIKE)[0]


@pytest.mark.parametrize("asks", Asks)
def test_every_kind_of_question_that_a_number_answers_has_the_button(asks: Asks) -> None:
    (message,) = shown(said("Which?", asks=asks), TELEGRAM_LIKE)
    assert isinstance(message, TextOut)
    assert message.phone_button


def test_where_only_choices_follow_a_word_before_them_takes_the_button_away() -> None:
    gone, question = shown(said("What is it about?", "An order", asks_no_more=True), TELEGRAM_LIKE)
    assert gone == TextOut("All right.", no_phone_button=True)
    assert question == shown(said("What is it about?", "An order"), TELEGRAM_LIKE)[0]


@pytest.mark.parametrize("can", [PLAIN, WHATSAPP, BUTTONS])
@pytest.mark.parametrize("titles", [(), ("Leave it",)])
def test_channels_without_such_a_button_send_what_they_always_did(can: Capabilities, titles: tuple[str, ...]) -> None:
    plain = shown(said("Which number?", *titles), can)
    assert shown(said("Which number?", *titles, asks=Asks.PHONE), can) == plain
    assert shown(said("Which number?", *titles, asks_no_more=True), can) == plain
