"""The sentences that Baton itself says."""

from __future__ import annotations

from pathlib import Path

import pytest

from handoff.entry import Author, Kind
from handoff.errors import InvalidInput
from handoff.notices import Notices, Say, first_name
from tests.handoff.scene import NOTICES

SHIPPED = Path(__file__).parents[2] / "data" / "notices"
_PLACES = ("position", "minutes", "agent", "title", "name", "order", "tracking", "date", "place")
UNFILLED = {name: f"{{{name}}}" for name in _PLACES}
ENGLISH = {what.value: NOTICES.say(what, "en", **UNFILLED) for what in Say}
DANISH = {name: f"da {sentence}" for name, sentence in ENGLISH.items()}


def test_every_shipped_language_is_complete() -> None:
    assert set(Notices.load(SHIPPED).languages) >= {"en", "da", "ru", "zh", "ar"}


def test_placeholders_are_filled_in() -> None:
    assert "number 3 in line" in NOTICES.say(Say.QUEUE_POSITION, "en", position=3)


@pytest.mark.parametrize(
    ("asked", "found"), [("da", "da "), ("da-DK", "da "), ("DA", "da "), ("sv", "You"), ("", "You")]
)
def test_a_language_without_sentences_falls_back(asked: str, found: str) -> None:
    notices = Notices({"en": ENGLISH, "da": DANISH})
    assert notices.say(Say.QUEUE_NEXT, asked).startswith(found)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"queue.next": None}, "'da' lack queue.next"),
        ({"queue.extra": "more"}, "'da' have an unknown queue.extra"),
        ({"queue.position": "Nummer {place}"}, r"queue.position has \{place\}; it must .* \{position\}"),
        ({"queue.position": "Nummer {position:d}"}, r"has \{position:d\}; it must .* \{position\}"),
        ({"queue.position": "Nummer {position.__class__}"}, "placeholders"),
        (
            {"queue.next": "Næste {0}"},
            r"queue.next has \{0\}; it must have the placeholders of the English sentence: none",
        ),
        ({"queue.next": "Næste {"}, "brace without its partner"),
    ],
)
def test_an_incomplete_language_is_refused(change: dict[str, str | None], problem: str) -> None:
    spoken = {name: sentence for name, sentence in (DANISH | change).items() if sentence is not None}
    with pytest.raises(InvalidInput, match=problem):
        Notices({"en": ENGLISH, "da": spoken})


def test_every_problem_is_told_at_once() -> None:
    spoken = {name: sentence for name, sentence in DANISH.items() if not name.startswith("csat.")}
    with pytest.raises(InvalidInput, match=r"csat\.1.*csat\.2"):
        Notices({"en": ENGLISH, "da": spoken})


def test_english_must_be_there() -> None:
    with pytest.raises(InvalidInput, match=r"en\.toml"):
        Notices({"da": DANISH})


@pytest.mark.parametrize("content", ["[queue", 'next = "x"', "[queue]\nnext = 3", '[queue]\nnext = " "'])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "en.toml").write_text(content)
    with pytest.raises(InvalidInput, match=r"en\.toml"):
        Notices.load(tmp_path)


def test_an_entry_is_a_message_of_the_system() -> None:
    entry = NOTICES.entry(Say.CSAT_THANKS, "en", 5)
    assert (entry.kind, entry.author, entry.at, entry.text, entry.language) == (
        Kind.MESSAGE,
        Author.SYSTEM,
        5,
        "Thank you for your answer.",
        "en",
    )


@pytest.mark.parametrize("tag", ["pt-BR", "da"])
def test_an_entry_names_the_language_that_it_is_really_in(tag: str) -> None:
    notices = Notices({"en": ENGLISH, "pt": DANISH})
    assert notices.entry(Say.CSAT_THANKS, tag, 5).language == ("pt" if tag == "pt-BR" else "en")


def test_the_first_name_is_what_comes_before_the_blank() -> None:
    assert [first_name(name) for name in ("Ada Holm", "Ada", "", None)] == ["Ada", "Ada", "", ""]
