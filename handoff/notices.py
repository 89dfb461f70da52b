"""The sentences that Baton itself says to a customer, in files that authors edit: `data/notices/<language>.toml`."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from handoff.entry import Author, Button, Entry, Kind
from handoff.errors import InvalidInput

ENGLISH = "en"


class Say(StrEnum):
    """Every sentence and button title, named as in the files: table, dot, key."""

    QUEUE_NEXT = "queue.next"
    QUEUE_POSITION = "queue.position"
    QUEUE_NOBODY = "queue.nobody"
    QUEUE_WAIT = "queue.wait"
    QUEUE_STILL_NEXT = "queue.still_next"
    QUEUE_STILL_POSITION = "queue.still_position"
    QUEUE_STILL_NOBODY = "queue.still_nobody"
    QUEUE_LEAVE = "queue.leave"
    QUEUE_CALLBACK = "queue.callback"
    QUEUE_CALLING = "queue.calling"
    BOT_FAILED = "bot.failed"
    BOT_STILL_HERE = "bot.still_here"
    BOT_NO_CALLBACK = "bot.no_callback"
    BOT_NO_WORDS = "bot.no_words"
    BOT_PERSON = "bot.person"
    OWNER_CLAIMED = "owner.claimed"
    OWNER_TRANSFERRED = "owner.transferred"
    OWNER_TRANSFERRED_TO_TEAM = "owner.transferred_to_team"
    OWNER_RELEASED = "owner.released"
    OWNER_RETURNED = "owner.returned"
    OWNER_RESOLVED = "owner.resolved"
    OWNER_GAVE_UP = "owner.gave_up"
    OWNER_JOINED = "owner.joined"
    OWNER_JOINED_QUEUE = "owner.joined_queue"
    OWNER_SOMEBODY = "owner.somebody"
    CALLBACK_BOOKED = "callback.booked"
    CALLBACK_CANCELLED = "callback.cancelled"
    CALLBACK_DONE = "callback.done"
    CHANNEL_CHOOSE = "channel.choose"
    CHANNEL_NUMBERS = "channel.numbers"
    CHANNEL_LEFT_OUT = "channel.left_out"
    CHANNEL_SHARE_PHONE = "channel.share_phone"
    CHANNEL_MAY_SHARE_PHONE = "channel.may_share_phone"
    CHANNEL_ALL_RIGHT = "channel.all_right"
    CHANNEL_GROUPS_REFUSED = "channel.groups_refused"
    CHANNEL_KIND_NOT_SUPPORTED = "channel.kind_not_supported"
    HOURS_CLOSED = "hours.closed"
    TYPED_WAYS_OUT = "typed.ways_out"
    TYPED_NOT = "typed.not"
    CSAT_QUESTION = "csat.question"
    CSAT_THANKS = "csat.thanks"
    CSAT_1 = "csat.1"
    CSAT_2 = "csat.2"
    CSAT_3 = "csat.3"
    CSAT_4 = "csat.4"
    CSAT_5 = "csat.5"
    UPDATE_SHIPPED = "update.shipped"
    UPDATE_DELAYED = "update.delayed"
    UPDATE_READY = "update.ready"
    UPDATE_TRACKING = "update.tracking"
    UPDATE_DATE = "update.date"
    UPDATE_PLACE = "update.place"
    UPDATE_HINT = "update.hint"
    UPDATE_STOPPED = "update.stopped"
    UPDATE_STARTED = "update.started"
    TRANSCRIPT_TITLE = "transcript.title"
    TRANSCRIPT_YOU = "transcript.you"
    TRANSCRIPT_ASSISTANT = "transcript.assistant"
    TRANSCRIPT_NOTICE = "transcript.notice"
    TRANSCRIPT_FILE = "transcript.file"
    TRANSCRIPT_LINK = "transcript.link"


class Notices:
    """The sentences per language; a language that has none falls back to its parent (`pt-BR` to `pt`), then to English.

    Args:
        sentences: language code → sentence name → sentence.

    Raises:
        InvalidInput: a language lacks a sentence, has one too many, or its placeholders differ from the English.
    """

    def __init__(self, sentences: Mapping[str, Mapping[str, str]]) -> None:
        problems = list(_problems(sentences))
        if problems:
            raise InvalidInput(" ".join(problems))
        self._sentences = sentences

    @classmethod
    def load(cls, folder: Path) -> Notices:
        """Read every language's file in `folder`.

        Raises:
            InvalidInput: a file cannot be read or is incomplete; the sentence names the file and the key.
        """
        return cls({path.stem.lower(): _read(path) for path in sorted(folder.glob("*.toml"))})

    @property
    def languages(self) -> tuple[str, ...]:
        """The language codes that have sentences of their own."""
        return tuple(self._sentences)

    def say(self, what: Say, language: str, **values: str | int) -> str:
        """Return a sentence in the customer's language with its placeholders filled in."""
        spoken = self._sentences[self.nearest(language)]
        return spoken[what.value].format(**values)

    def entry(
        self, what: Say, language: str, at: int, *, buttons: tuple[Button, ...] = (), **values: str | int
    ) -> Entry:
        """Return a sentence as an entry that the customer sees, said by the system at `at` (ms)."""
        return self.spoken(self.say(what, language, **values), language, at, buttons)

    def spoken(self, text: str, language: str, at: int, buttons: tuple[Button, ...] = ()) -> Entry:
        """Return sentences that were already said in `language` as one message of the system."""
        return Entry(Kind.MESSAGE, Author.SYSTEM, at, text=text, language=self.nearest(language), buttons=buttons)

    def nearest(self, language: str) -> str:
        """Return the language in which somebody who speaks `language` is spoken to."""
        code = language.lower()
        while code not in self._sentences and "-" in code:
            code = code.rpartition("-")[0]
        return code if code in self._sentences else ENGLISH


def first_name(name: str | None) -> str:
    """Return what the customer is told of an agent's name."""
    return (name or "").split(" ")[0]


def _read(path: Path) -> dict[str, str]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}; correct the file.") from error
    sentences: dict[str, str] = {}
    for table, keys in tables.items():
        if not isinstance(keys, dict):
            raise InvalidInput(f"{path.name}: {table} stands outside a table; put it under one like [queue].")
        for key, sentence in keys.items():
            if not isinstance(sentence, str) or not sentence.strip():
                raise InvalidInput(f"{path.name}: {table}.{key} must be a sentence in quotes.")
            sentences[f"{table}.{key}"] = sentence
    return sentences


def _problems(sentences: Mapping[str, Mapping[str, str]]) -> list[str]:
    if ENGLISH not in sentences:
        return ["There are no English notices; add data/notices/en.toml."]
    names = {what.value for what in Say}
    problems = []
    for language, spoken in sentences.items():
        where = f"The notices of '{language}'"
        problems += [f"{where} lack {name}; add it." for name in sorted(names - set(spoken))]
        problems += [f"{where} have an unknown {name}; remove it." for name in sorted(set(spoken) - names)]
        for name in sorted(names & set(spoken)):
            problem = _placeholder_problem(spoken[name], sentences[ENGLISH].get(name, ""))
            if problem:
                problems.append(f"{where}: {name} {problem}")
    return problems


def _placeholder_problem(sentence: str, english: str) -> str:
    try:
        found, expected = _placeholders(sentence), _placeholders(english)
    except ValueError:
        return "has a brace without its partner; write {{ or }} for a plain brace."
    if found != expected:
        return f"has {_named(found)}; it must have the placeholders of the English sentence: {_named(expected)}."
    return ""


def _named(placeholders: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(placeholders)) or "none"


def _placeholders(sentence: str) -> set[str]:
    """Name the placeholders as they are written: one that asks for a format (`{agent:d}`) is another than without."""
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in string.Formatter().parse(sentence)
        if name is not None
    }
