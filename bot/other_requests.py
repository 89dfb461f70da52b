"""What a message asks besides its first request: kept, announced, and served once nothing is in hand.

Nothing that was asked goes away in silence. What finds no place is told so; what the turn has no time for stays, and
the customer is asked whether to go on; only goodbye, a "no" to that question and a person who takes over end the wait.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.answer import answer_to, ends_bots_part
from bot.errors import TurnError
from bot.nlu.importer import LANGUAGE
from bot.private_log import outline
from bot.requests import NAME_OF_INTENT, Waiting, is_task
from bot.tracker import fork
from bot.turn import TurnRequest, TurnTime
from bot.understanding import Reading, Understanding

OTHER_REQUESTS = "other_requests"
"""The slot that holds what waits, a list of `Waiting`, in the order in which it was asked."""
MOST_WAITING = 4

_SURE = 0.5
_YES = frozenset({"affirm"})
_NO = frozenset({"deny", "stop"})

logger = logging.getLogger(__name__)


class Dialogue(Protocol):
    """What the processor does for whoever has a tracker."""

    async def act_on(self, message: UserUttered, tracker: DialogueStateTracker) -> None:
        """Do what a message asks for, until the bot listens again."""

    async def say(self, response: str, tracker: DialogueStateTracker, **variables: str) -> None:
        """Say a response of the domain."""

    def remember(self, slot: str, value: Any, tracker: DialogueStateTracker) -> None:
        """Fill a slot, if the domain has it and it holds something else."""


class OtherRequests:
    """Sees to what waits.

    Args:
        understanding: reads a request when it is its turn.
        dialogue: acts and speaks.
    """

    def __init__(self, understanding: Understanding, dialogue: Dialogue) -> None:
        self._understanding = understanding
        self._dialogue = dialogue

    def begin(self, reading: Reading, turn: TurnRequest, tracker: DialogueStateTracker) -> None:
        """Record the turn's message: what was said or, where it tells the bot to go on, the request that waited."""
        message, waiting = reading.message, _waiting(tracker)
        # With nothing in hand only those wait that a turn had no time for; the customer was asked whether to go on.
        if waiting and tracker.active_loop_name is None:
            if _says(_YES, message):
                request, *waiting = waiting
                message = self._understanding.read_waiting(request, turn, reading.language, tracker, follows=False)
            elif _says(_NO, message):
                waiting = []
        tracker.update(message)
        self._keep(waiting, tracker)

    async def keep(self, reading: Reading, turn: TurnRequest, tracker: DialogueStateTracker) -> None:
        """Note what the message asks besides; say so when its first request will take questions, or it is too much."""
        waiting = _waiting(tracker)
        # Who repeats a message wants it answered once.
        known = {(one["text"], one["intent"]) for one in waiting}
        new: list[Waiting] = [
            {"text": other.text, "intent": other.intent, "id": f"{turn.message_id}+{place}"}
            for place, other in enumerate(reading.others, start=1)
            if (other.text, other.intent) not in known
        ]
        room = MOST_WAITING - len(waiting)
        self._keep([*waiting, *new[:room]], tracker)
        if is_task(reading.message.intent_name or ""):
            for one in new[:room]:
                await self._dialogue.say(
                    "utter_other_request_later", tracker, request=f"{NAME_OF_INTENT}{one['intent']}"
                )
        if reading.is_cut or new[room:]:
            await self._dialogue.say("utter_too_many_requests", tracker)

    async def serve(self, turn: TurnRequest, tracker: DialogueStateTracker, time: TurnTime) -> DialogueStateTracker:
        """Go on with what waits, until there is something in hand or too little time is left.

        Returns:
            The tracker to go on with. A request that could not be served in time, or failed, has left no trace in it.
        """
        while waiting := _waiting(tracker):
            if ends_bots_part(tracker):
                self._keep([], tracker)
                break
            if tracker.active_loop_name is not None:
                break
            served = await self._served(waiting, turn, tracker, time) if time.may_begin_more else None
            if served is None:
                await self._dialogue.say("utter_other_requests_left", tracker)
                break
            tracker = served
        return tracker

    async def _served(
        self, waiting: list[Waiting], turn: TurnRequest, tracker: DialogueStateTracker, time: TurnTime
    ) -> DialogueStateTracker | None:
        trial = fork(tracker)
        try:
            await asyncio.wait_for(self._serve_first(waiting, turn, trial), time.seconds_for_more)
        except (TurnError, asyncio.TimeoutError) as failure:
            # What came before it is done and must be told. Gone on with, it is a turn of its own and fails as one.
            logger.error("A request made besides another one could not be served. %s", outline(failure))
            return None
        return trial

    async def _serve_first(self, waiting: list[Waiting], turn: TurnRequest, tracker: DialogueStateTracker) -> None:
        self._keep(waiting[1:], tracker)
        await self._dialogue.say("utter_now_the_other_request", tracker)
        language = str(tracker.get_slot(LANGUAGE) or turn.language)
        message = self._understanding.read_waiting(waiting[0], turn, language, tracker, follows=True)
        await self._dialogue.act_on(message, tracker)
        answer_to(tracker, turn.message_id)  # raises when what was said cannot be told

    def _keep(self, waiting: list[Waiting], tracker: DialogueStateTracker) -> None:
        self._dialogue.remember(OTHER_REQUESTS, waiting or None, tracker)


def _waiting(tracker: DialogueStateTracker) -> list[Waiting]:
    return list(tracker.get_slot(OTHER_REQUESTS) or ())


def _says(intents: frozenset[str], message: UserUttered) -> bool:
    return message.intent_name in intents and float(message.intent.get("confidence") or 0.0) >= _SURE
