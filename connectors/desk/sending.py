"""What agents see of the channels that Baton sends to: the time left, the templates, what could not be delivered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from connectors.base import Channel, TemplateShape
from connectors.desk.reading import Reading, Timeline
from handoff.clock import Clock
from handoff.desk import Desk
from handoff.entry import Template
from handoff.errors import InvalidInput, NotAllowed, NotFound
from handoff.instants import to_rfc3339
from handoff.last_word import written
from handoff.store.agents_port import Agent
from handoff.store.port import Accepted, Store
from handoff.store.sending_port import DeadLetter

_PLACE = re.compile(r"\{\{(\d+)\}\}")


class Sending:
    """Answers an agent's questions about sending.

    Args:
        channels: the running channels by name; the web is none of them.
    """

    def __init__(
        self, channels: Mapping[str, Channel], store: Store, desk: Desk, reading: Reading, clock: Clock
    ) -> None:
        self._channels = channels
        self._store = store
        self._desk = desk
        self._reading = reading
        self._clock = clock

    def standing(self, timeline: Timeline) -> dict[str, Any]:
        """Return where a reply goes, until when agents may write freely there (None: always), and if with templates.

        `ended` says that it reaches nobody: the customer has ended the chat, and is nowhere else.
        """
        conversation = timeline.answered
        entries = next(log for one, log, _ in timeline.logs if one.id == conversation.id)
        channel = self._channels.get(conversation.channel)
        window_s = channel.capabilities.session_window_s if channel else None
        ends_at = None
        if window_s is not None:
            ends_at = to_rfc3339(written(entries) + window_s * 1000)
        templates = channel is not None and channel.capabilities.templates
        return {
            "conversation_id": conversation.id,
            "channel": conversation.channel,
            "window_ends_at": ends_at,
            "templates": templates,
            "ended": conversation.ended_at is not None,
        }

    async def templates(self, name: str) -> list[dict[str, Any]]:
        """Return a channel's approved templates; raises NotFound."""
        return [asdict(shape) for shape in await self._channel(name).templates()]

    async def send_template(self, conversation_id: str, agent: Agent, external_id: str, template: Template) -> Accepted:
        """Send a template in the agent's own conversation, once for each `external_id`.

        Raises:
            NotFound: no such conversation, or its channel has no such template.
            InvalidInput: not as many fields as the template has places.
            NotAllowed: the conversation is not this agent's.
        """
        conversation = await self._reading.conversation(conversation_id, agent)
        shapes = await self._channel(conversation.channel).templates()
        shape = next((s for s in shapes if (s.name, s.language) == (template.name, template.language)), None)
        if shape is None:
            raise NotFound("There is no such template any more; choose another.")
        text = filled(shape, template.fields)
        return await self._desk.send_template(conversation_id, agent, external_id, template, text)

    # what could not be delivered

    async def letters(self, agent: Agent) -> list[dict[str, Any]]:
        """Return the dead letters of conversations that the agent may read, latest first."""
        return await self.readable(await self._store.outbox.dead(), agent)

    async def readable(self, found: Sequence[DeadLetter], agent: Agent) -> list[dict[str, Any]]:
        """Return those of the dead letters that the agent may read."""
        if not found:
            return []
        names = list({letter.conversation_id for letter in found})
        conversations = await self._store.conversations.several(names)
        readable = {name for name, each in conversations.items() if await self._reading.may_read(each, agent)}
        return [_view(letter) for letter in found if letter.conversation_id in readable]

    async def replay(self, conversation_id: str, seq: int, agent: Agent) -> int:
        """Send a dead letter again, at the end of the log; returns its new seq.

        Raises:
            NotFound: there is no such letter.
            NotAllowed: the agent may not read its conversation.
        """
        await self._must_read(conversation_id, agent)
        return await self._store.outbox.replay(conversation_id, seq, self._clock())

    async def strike(self, conversation_id: str, seq: int, agent: Agent) -> None:
        """Forget a dead letter; raises as `replay` does."""
        await self._must_read(conversation_id, agent)
        await self._store.outbox.drop(conversation_id, seq)

    async def _must_read(self, conversation_id: str, agent: Agent) -> None:
        conversation = await self._store.conversations.get(conversation_id)
        if not await self._reading.may_read(conversation, agent):
            raise NotAllowed("This conversation is not yours to read.")

    def _channel(self, name: str) -> Channel:
        channel = self._channels.get(name)
        if channel is None:
            raise NotFound(f"There is no running channel {name if name.isidentifier() else 'of that name'}.")
        return channel


def filled(shape: TemplateShape, fields: Sequence[str]) -> str:
    """Return a template's text with its places filled.

    Raises:
        InvalidInput: not as many fields as places, or an empty one.
    """
    if len(fields) != shape.places or not all(field.strip() for field in fields):
        raise InvalidInput(f"The template {shape.name} has {shape.places} fields; fill each of them.")
    return _PLACE.sub(lambda place: fields[int(place[1]) - 1] if 0 < int(place[1]) <= len(fields) else "", shape.text)


def _view(letter: DeadLetter) -> dict[str, Any]:
    return {
        "conversation_id": letter.conversation_id,
        "channel": letter.channel,
        "seq": letter.entry.seq,
        "text": letter.entry.text,
        "at": to_rfc3339(letter.report.at),
        "code": letter.report.code,
        "hint": letter.report.hint,
    }
