"""Which files a conversation's log names: an id opens a file only to those who may read an entry that names it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from handoff.attachment import Attachment, AttachmentState
from handoff.entry import Entry
from handoff.media import UnknownMedia
from handoff.store.port import ConversationStore

_STRETCH = 500
_REMEMBERED = 512


@dataclass(slots=True)
class _Named:
    """The files that a log names, up to the entry it was read to."""

    read_to: int = 0
    files: dict[str, Attachment] = field(default_factory=dict)


class Naming:
    """Finds a file in a conversation's log. The log only grows, so what was read of it once is remembered.

    Args:
        sees: tells whether those who ask here see an entry.
    """

    def __init__(self, conversations: ConversationStore, sees: Callable[[Entry], bool]) -> None:
        self._conversations = conversations
        self._sees = sees
        self._logs: OrderedDict[str, _Named] = OrderedDict()

    async def find(self, conversation_id: str, media_id: str) -> Attachment:
        """Return the file with that id as the conversation's log names it first.

        Raises:
            UnknownMedia: no entry that is seen names it.
            NotFound: there is no such conversation.
        """
        named = self._logs.pop(conversation_id, None) or _Named()
        await self._read_on(conversation_id, named)
        self._logs[conversation_id] = named
        if len(self._logs) > _REMEMBERED:
            self._logs.popitem(last=False)
        if media_id not in named.files:
            raise UnknownMedia("There is no such file.")
        return named.files[media_id]

    async def _read_on(self, conversation_id: str, named: _Named) -> None:
        # Always reads, for a conversation that is not kept any more must say so.
        while True:
            page = await self._conversations.read(conversation_id, named.read_to, _STRETCH)
            for entry in page.entries:
                if self._sees(entry):
                    _note(named, entry)
                named.read_to = entry.seq
            if len(page.entries) < _STRETCH:
                return


def _note(named: _Named, entry: Entry) -> None:
    for attachment in entry.attachments:
        if attachment.state is AttachmentState.READY and attachment.id:
            named.files.setdefault(attachment.id, attachment)
