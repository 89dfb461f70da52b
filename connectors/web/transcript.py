"""The customer's own copy of a conversation: a text to download, or by mail to one address.

Mail is where this could be abused: whoever opens a chat could have Baton write to a stranger. So the subject and the
frame are ours, links that a customer wrote are left out, somebody must have answered first, and the counts are small:
two a day for a conversation (kept in its log, whatever restarts), a few for an address and for a caller.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sanic import HTTPResponse, Request

from connectors.http import bearer_token, read_json
from connectors.listen import App
from connectors.mail import Mail, address
from connectors.throttle import Rate, Throttle
from connectors.web.kept import kept
from connectors.web.tokens import SessionTokens
from connectors.web.view import is_shown
from handoff.clock import Clock
from handoff.entry import Author, Entry, Kind, Visibility
from handoff.errors import (
    InvalidInput,
    KeyReused,
    Stale,
    StoreUnavailable,
    TooManyAttempts,
)
from handoff.model import Conversation
from handoff.notices import Notices, Say, first_name
from handoff.store.port import ConversationStore, Once
from handoff.time_words import TimeWords

MAILS_A_DAY = 2
"""How often a day (UTC) one conversation may be sent by mail."""

_DAY_MS = 86_400_000
_STRETCH = 500
_TRIES = 5
_DOWNLOADS = Rate(burst=6, per_minute=6)
_OF_ONE_ADDRESS = Rate(burst=3, per_minute=3 / 1440)
_OF_ONE_CALLER = Rate(burst=10, per_minute=10 / 1440)
_MAIL = {"email": address()}
_SENT = "The customer had a copy of this conversation sent by e-mail."

# Addresses with a scheme, and whatever a mail program would make a link of by itself; an e-mail address stays. What may
# not stand before a part keeps a long text without any from being searched from each of its letters.
_LINK = re.compile(
    r"(?P<mail>(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]+)+)"
    r"|(?<![a-z0-9+.-])[a-z0-9+.-]++://\S+"
    r"|(?<![\w-])(?<![\w-]\.)(?:[\w-]++\.)+[^\W\d_]{2,}\b(?:[/?#:]\S*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TranscriptLimits:
    """How often a conversation may be downloaded, and how often an address and a client may be behind mails."""

    downloads: Rate = _DOWNLOADS
    address: Rate = _OF_ONE_ADDRESS
    caller: Rate = _OF_ONE_CALLER


class Transcriber:
    """Writes what a customer saw of a conversation, in its language, with the business's times."""

    def __init__(self, times: TimeWords, notices: Notices) -> None:
        self._times = times
        self._notices = notices

    def title(self, language: str) -> str:
        """Return the heading, which is also the subject of the mail."""
        return self._notices.say(Say.TRANSCRIPT_TITLE, language)

    def write(self, entries: Iterable[Entry], language: str, *, with_links: bool = True) -> str:
        """Write a log.

        Args:
            entries: any; those that a customer does not see are left out.
            language: the conversation's.
            with_links: False leaves out the links that the customer wrote.
        """
        said = [entry for entry in entries if is_shown(entry) and (entry.text or entry.attachments)]
        parts = [self.title(language)]
        for day, of_day in groupby(said, lambda entry: self._times.day(entry.at, language)):
            parts.append(f"— {day} —")
            parts += [self._said(entry, language, with_links) for entry in of_day]
        return "\n\n".join(parts) + "\n"

    def _said(self, entry: Entry, language: str, with_links: bool) -> str:
        lines = [f"{self._times.clock(entry.at, language)}  {self._who(entry, language)}"]
        if entry.text:
            own = entry.author is Author.CONTACT and not with_links
            lines.append(self._without_links(entry.text, language) if own else entry.text)
        for file in entry.attachments:
            name = file.name or file.type or file.kind.value
            name = name if with_links else self._without_links(name, language)
            lines.append(f"[{self._notices.say(Say.TRANSCRIPT_FILE, language, name=name)}]")
        return "\n".join(lines)

    def _who(self, entry: Entry, language: str) -> str:
        if entry.author is Author.AGENT:
            return first_name(entry.name) or self._notices.say(Say.OWNER_SOMEBODY, language)
        return self._notices.say(_NAMES[entry.author], language)

    def _without_links(self, text: str, language: str) -> str:
        instead = f"[{self._notices.say(Say.TRANSCRIPT_LINK, language)}]"
        return _LINK.sub(lambda found: found["mail"] or instead, text)


class TranscriptRoutes:
    """The customer's copy over HTTP.

    Args:
        mail: None where no mail server is set; copies can then only be downloaded.
    """

    def __init__(
        self,
        conversations: ConversationStore,
        tokens: SessionTokens,
        transcriber: Transcriber,
        mail: Mail | None,
        clock: Clock,
        limits: TranscriptLimits | None = None,
    ) -> None:
        limits = limits or TranscriptLimits()
        self._conversations = conversations
        self._tokens = tokens
        self._transcriber = transcriber
        self._mail = mail
        self._clock = clock
        self._downloads = Throttle(limits.downloads, clock, "You have this conversation already; wait a little.")
        self._addresses = Throttle(limits.address, clock, "This address has had enough mail from here for today.")
        self._callers = Throttle(limits.caller, clock, "Enough mail was sent for you today; download it instead.")

    def attach(self, app: App) -> None:
        """Put the routes on an app."""
        app.add_route(self.download, "/api/chat/transcript", methods=["GET"], name="chat_transcript")
        app.add_route(self.send, "/api/chat/transcript", methods=["POST"], name="chat_transcript_mail")

    async def download(self, request: Request) -> HTTPResponse:
        """Answer with the conversation as a text file."""
        conversation_id = self._tokens.conversation_of(bearer_token(request))
        self._downloads.spend(conversation_id)
        conversation = await kept(self._conversations, conversation_id)
        written = self._transcriber.write(await self._log(conversation_id), conversation.language)
        headers = {"Content-Disposition": 'attachment; filename="conversation.txt"'}
        return HTTPResponse(written, headers=headers, content_type="text/plain; charset=utf-8")

    async def send(self, request: Request) -> HTTPResponse:
        """Send the conversation to one address; answers once the mail server has taken it."""
        conversation_id = self._tokens.conversation_of(bearer_token(request))
        conversation = await kept(self._conversations, conversation_id)
        to = read_json(request, _MAIL)["email"]
        if self._mail is None:
            raise InvalidInput("No mail can be sent from here; download the conversation instead.")
        log = await self._log(conversation_id)
        if not any(entry.author in (Author.BOT, Author.AGENT) for entry in log if is_shown(entry)):
            raise InvalidInput("There is nothing to send yet.")
        self._callers.spend(request.client_ip)
        self._addresses.spend(to.lower())
        await self._take_turn(conversation)
        language = conversation.language
        written = self._transcriber.write(log, language, with_links=False)
        await self._mail.send(to, self._transcriber.title(language), written)
        return HTTPResponse(status=204)

    async def _log(self, conversation_id: str) -> list[Entry]:
        log: list[Entry] = []
        while True:
            page = await self._conversations.read(conversation_id, log[-1].seq if log else 0, _STRETCH)
            log += page.entries
            if len(page.entries) < _STRETCH:
                return log

    async def _take_turn(self, conversation: Conversation) -> None:
        """Note in the log, for the agents, that a mail goes out, under one of the day's few keys.

        Before the mail is sent: a server that takes it and then fails would otherwise be asked without end.
        """
        now = self._clock()
        note = Entry(Kind.NOTE, Author.SYSTEM, now, text=_SENT, visibility=Visibility.INTERNAL)
        day, mine = now // _DAY_MS, secrets.token_hex(8)
        for number in range(MAILS_A_DAY):
            try:
                await self._note(conversation, note, Once(f"transcript:{day}:{number}", mine))
            except KeyReused:
                continue
            return
        wait_s = ((day + 1) * _DAY_MS - now) // 1000 + 1
        raise TooManyAttempts("This conversation was sent often enough for today; download it instead.", wait_s)

    async def _note(self, conversation: Conversation, note: Entry, once: Once) -> None:
        for _ in range(_TRIES):
            try:
                await self._conversations.commit(conversation, conversation, (note,), note.at, once=once)
            except Stale:
                conversation = await kept(self._conversations, conversation.id)
            else:
                return
        raise StoreUnavailable("The conversation moves too fast just now; please try again.")


_NAMES = {
    Author.CONTACT: Say.TRANSCRIPT_YOU,
    Author.BOT: Say.TRANSCRIPT_ASSISTANT,
    Author.SYSTEM: Say.TRANSCRIPT_NOTICE,
}
