"""The processor: takes one turn of one conversation, completely or not at all.

Rasa's ``MessageProcessor`` logs what goes wrong and goes on: a dead action server gives an empty answer and a
tracker that believes the action ran. Here whatever goes wrong ends the turn as a TurnError before anything is saved,
so the same message can be tried again.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, action_for_index, create_bot_utterance
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.events import (
    ActionExecutionRejected,
    ConversationPaused,
    Event,
    FollowupAction,
    ReminderScheduled,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.answer import Answer, answer_to
from bot.errors import DomainMismatch, TurnError, TurnFailed
from bot.languages import WRITTEN
from bot.nlu.importer import LANGUAGE
from bot.other_requests import OtherRequests
from bot.serving_model import load_serving_model
from bot.tracker import fork
from bot.turn import DEFAULT_TURN_TIMEOUT_SECONDS, TURN_TIMEOUT_VARIABLE, TurnRequest, TurnTime
from bot.understanding import Understanding

ORDER_NUMBER = "order_number"


class TurnOutput(OutputChannel):
    """Swallows what actions send: the answer is read from the tracker's events, where all of it is recorded."""

    @classmethod
    def name(cls) -> str:
        """The name that channel-specific responses in the domain go by."""
        return "baton"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Do nothing."""


class TurnProcessor(MessageProcessor):
    """Takes turns with a loaded model. Made by ``bot.agent``.

    Args:
        handoff_intents: intents that go to a person at once.
        to_rasa: what Rasa's own processor is made from.
    """

    def __init__(self, *, handoff_intents: frozenset[str], **to_rasa: Any) -> None:
        super().__init__(**to_rasa)
        self._turns = ConversationLocks()
        self._output = TurnOutput()
        self._understanding = Understanding(self.model_metadata, self.graph_runner, self.domain, handoff_intents)
        self._understanding.warm_up()
        self._others = OtherRequests(self._understanding, self)
        self._seconds = float(os.environ.get(TURN_TIMEOUT_VARIABLE) or DEFAULT_TURN_TIMEOUT_SECONDS)

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        metadata, runner = load_serving_model(Path(model_path))
        return Path(model_path).name, metadata, runner

    async def take_turn(self, turn: TurnRequest, seconds: float | None = None) -> Answer:
        """Take a turn, or give the answer of the turn that this message already had.

        Turns of one conversation are taken one after the other, in the order they were asked for.

        Args:
            turn: the message.
            seconds: how long the answer is waited for; by default as long as the settings say.

        Raises:
            TurnError: the turn could not be taken; nothing of it was recorded.
        """
        time = TurnTime(self._seconds if seconds is None else seconds)
        async with self._turns.held(turn.conversation_id):
            try:
                return await self._take_turn(turn, time)
            except TurnError:
                raise
            except Exception as error:
                raise TurnFailed("The bot could not finish this turn; its log says where it failed.") from error

    async def _take_turn(self, turn: TurnRequest, time: TurnTime) -> Answer:
        tracker = await self.tracker_store.retrieve(turn.conversation_id)
        if tracker is None:
            tracker = self.tracker_store.init_tracker(turn.conversation_id)
        known = answer_to(tracker, turn.message_id)
        if known is not None:
            return known
        reading = self._understanding.read(turn, tracker)
        await self._update_tracker_session(tracker, self._output)
        written = reading.language if reading.is_written else tracker.get_slot(WRITTEN)
        self._remember_order_told_about(turn, tracker)
        self._others.begin(reading, turn, tracker)
        self.remember(LANGUAGE, reading.language, tracker)
        await self._others.keep(reading, turn, tracker)
        await self._act_on_message(tracker)
        tracker = await self._others.serve(turn, tracker, time)
        # Last, for starting over and other actions forget every slot; what the customer writes in stays as it is.
        self.remember(WRITTEN, written, tracker)
        # Made before saving: a turn whose answer cannot be given must not count as taken.
        answer = answer_to(tracker, turn.message_id)
        if answer is None:
            raise TurnFailed("The turn's own message vanished from the tracker.")
        await self.tracker_store.save(tracker)
        return answer

    def _remember_order_told_about(self, turn: TurnRequest, tracker: DialogueStateTracker) -> None:
        """Know which order the customer has just been told about, unless they are in the middle of something."""
        if turn.order_told_about and tracker.active_loop_name is None:
            self.remember(ORDER_NUMBER, turn.order_told_about, tracker)

    async def act_on(self, message: UserUttered, tracker: DialogueStateTracker) -> None:
        """Do what a message asks for, until the bot listens again."""
        tracker.update(message, self.domain)
        await self._act_on_message(tracker)

    def remember(self, slot: str, value: Any, tracker: DialogueStateTracker) -> None:
        """Fill a slot, if the domain has it and it holds something else."""
        if slot in tracker.slots and tracker.get_slot(slot) != value:
            tracker.update(SlotSet(slot, value), self.domain)

    async def say(self, response: str, tracker: DialogueStateTracker, **variables: str) -> None:
        """Say a response of the domain."""
        said = await self.nlg.generate(response, tracker, self._output.name(), **variables)
        tracker.update(create_bot_utterance({**(said or {}), "utter_action": response}), self.domain)

    async def _act_on_message(self, tracker: DialogueStateTracker) -> None:
        await self.run_action_extract_slots(self._output, tracker)
        await self._act_until_listening(tracker)

    async def _act_until_listening(self, tracker: DialogueStateTracker) -> None:
        # Counted here, not from the tracker as Rasa does: an action may log any event and so mislead the count.
        for _ in range(self.max_number_of_predictions):
            prediction = self._predict_next_with_tracker(tracker)
            action = action_for_index(prediction.max_confidence_index, self.domain, self.action_endpoint)
            if not await self._run_action(action, tracker, self._output, self.nlg, prediction):
                return
        raise TurnFailed(
            f"The bot was not listening again after {self.max_number_of_predictions} actions; "
            "look for rules that lead back to themselves."
        )

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """Run an action and record it; True when another one should follow.

        Raises:
            TurnError: the action failed, or returned events that this bot has no use for.
        """
        name = action.name()
        trial = fork(tracker)
        trial.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, trial, self.domain) or []
        except ActionExecutionRejection:
            rejected = ActionExecutionRejected(name, prediction.policy_name, prediction.max_confidence)
            tracker.update(rejected, self.domain)
            return bool(self.should_predict_another_action(name))
        except TurnError:
            raise
        except Exception as error:
            raise TurnFailed(f"The action {name} failed; the log says where.") from error
        self._refuse_misfits(name, events)
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction), self.domain)
        tracker.update_with_events(events, self.domain)
        if any(isinstance(event, UserUttered) for event in events):
            await self.run_action_extract_slots(output_channel, tracker)
        return bool(self.should_predict_another_action(name))

    def _refuse_misfits(self, action: str, events: Iterable[Event]) -> None:
        """Refuse events that Rasa would log and drop, or that would silence the bot for good."""
        slots = {slot.name for slot in self.domain.slots}
        for event in events:
            if isinstance(event, SlotSet) and event.key not in slots:
                raise DomainMismatch(f"The action {action} set the slot {event.key}, which the domain does not have.")
            if isinstance(event, FollowupAction) and event.action_name not in self.domain.action_names_or_texts:
                raise DomainMismatch(
                    f"The action {action} is to be followed by {event.action_name}, which the domain does not have."
                )
            if isinstance(event, ConversationPaused | ReminderScheduled):
                raise DomainMismatch(
                    f"The action {action} returned the event {event.type_name}: ask for a handoff to silence the bot, "
                    "book a callback to be reminded."
                )


class ConversationLocks:
    """One lock a conversation, in order of asking, dropped when nobody waits."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asking: defaultdict[str, int] = defaultdict(int)

    @asynccontextmanager
    async def held(self, conversation_id: str) -> AsyncIterator[None]:
        """Hold the lock of a conversation."""
        self._asking[conversation_id] += 1
        try:
            async with self._locks[conversation_id]:
                yield
        finally:
            self._asking[conversation_id] -= 1
            if not self._asking[conversation_id]:
                del self._asking[conversation_id], self._locks[conversation_id]
