"""Asking the bot: again while that may help, and with a sign to the customer when the answer takes a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType

from handoff.bot import Bot, TurnRequest, TurnResult
from handoff.clock import Clock
from handoff.errors import BotUnavailable, StoreUnavailable
from handoff.model import Conversation
from handoff.rules import Rules
from handoff.store.port import BOT_TYPES, ConversationStore, Moved

TYPING_AFTER_S = 0.4
"""Seconds of a turn after which the customer sees that the bot is at it; most turns are over by then."""

TYPING_AGAIN_S = 4.0
"""Seconds between two such signs; a page shows each for a little longer."""

NOTHING_PROVEN: Mapping[str, str] = MappingProxyType({})


class Asking:
    """Asks the bot about entries of a log.

    Args:
        bot: who is asked.
        conversations: carries the sign that the bot is at it.
        rules: how long the bot has.
        clock: tells the present instant.
        sleep: waits that many seconds between two attempts at a turn.
    """

    def __init__(
        self,
        bot: Bot,
        conversations: ConversationStore,
        rules: Rules,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._conversations = conversations
        self._rules = rules
        self._clock = clock
        self._sleep = sleep

    def deadline(self, share: float = 1.0) -> int:
        """Return the instant (ms) until which the bot has, or has that share of its time."""
        return self._clock() + int(self._rules.turn_timeout_s * 1000 * share)

    async def ask(
        self,
        conversation: Conversation,
        what: str,
        deadline: int,
        *,
        text: str | None = None,
        choice: str | None = None,
        proven: Mapping[str, str] = NOTHING_PROVEN,
    ) -> TurnResult:
        """Take one turn; asked again until `deadline` (ms) while that may help, which runs nothing twice.

        Args:
            conversation: as it was read.
            what: names the turn within the conversation.
            deadline: see `deadline()`.
            text: what the customer typed.
            choice: the payload of what they pressed, instead of a text.
            proven: what they have proven in other conversations (`handoff.bot.TurnRequest`).

        Raises:
            BotUnavailable: it refused, or there was no answer in time.
        """
        request = TurnRequest(
            conversation_id=conversation.id,
            message_id=f"{conversation.id}:{what}",
            language=conversation.language,
            channel=conversation.channel,
            contact=conversation.contact,
            text=text if choice is None else None,
            choice=choice,
            about=conversation.about,
            proven=proven,
        )
        async with self._typing(conversation.id):
            return await self._until(deadline, request)

    async def _until(self, deadline: int, request: TurnRequest) -> TurnResult:
        while True:
            left = max(0, deadline - self._clock()) / 1000
            try:
                async with asyncio.timeout(left):
                    return await self._bot.turn(request, left)
            except TimeoutError as error:
                raise BotUnavailable("The bot did not answer in time.") from error
            except BotUnavailable as error:
                if not error.retryable or self._clock() + self._rules.retry_pause_s * 1000 >= deadline:
                    raise
            await self._sleep(self._rules.retry_pause_s)

    @asynccontextmanager
    async def _typing(self, conversation_id: str) -> AsyncIterator[None]:
        """Show the customer that the bot is at it, once the block has taken long enough for them to wonder."""
        signs = asyncio.create_task(self._sign(conversation_id))
        try:
            yield
        finally:
            signs.cancel()
            # Waited for, so that no sign comes after the answer.
            await asyncio.wait((signs,))

    async def _sign(self, conversation_id: str) -> None:
        await asyncio.sleep(TYPING_AFTER_S)
        while True:
            with suppress(StoreUnavailable):  # a sign that is lost harms nobody
                await self._conversations.announce(Moved(conversation_id, signal=BOT_TYPES))
            await asyncio.sleep(TYPING_AGAIN_S)
