"""Conversations and entries as the scripts in lua/ take and return them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handoff.entry import Entry
from handoff.model import Conversation
from handoff.store.codec import decode, encode
from handoff.store.keys import conversation_keys
from handoff.store.redis_link import Command


def record(conversation_id: str) -> Command:
    """Return the command that reads a conversation."""
    return "HMGET", conversation_keys(conversation_id).record, "state", "version", "cursor"


def state_of(conversation: Conversation) -> str:
    """Write a conversation without what is kept beside it."""
    return encode(replace(conversation, version=0, cursor=0))


def conversation_of(state: str, version: str, cursor: str) -> Conversation:
    """Read a conversation."""
    return decode(Conversation, state, version=int(version), cursor=int(cursor))


def line_of(entry: Entry) -> str:
    """Write an entry without its seq, which is its place."""
    return encode(replace(entry, seq=0))


def entries_of(lines: Sequence[str], after: int) -> tuple[Entry, ...]:
    """Read the entries that follow the entry `after`."""
    return tuple(decode(Entry, line, seq=seq) for seq, line in enumerate(lines, after + 1))


def merged(found: Sequence[Sequence[str]]) -> list[tuple[float, str]]:
    """Put the partitions' parts of a list (member, score, member, …) together, by score and then by member."""
    return sorted((float(score), member) for part in found for member, score in zip(part[::2], part[1::2], strict=True))
