"""What a customer's message means: the intent and entities that dialogue goes by, from a button or from typed text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.choice import Choice, read_choice
from bot.errors import BadRequest
from bot.tracker import begins_turn
from bot.turn import TurnRequest

TOPIC_FOR_PERSON = "topic_for_person"
"""The intent of a message whose own intent the settings give to a person; the entity of that name holds its own."""

_RANKED_INTENTS = 3


class Understanding:
    """Reads messages with a trained model.

    Args:
        metadata: of the model.
        runner: runs the model's components.
        domain: knows the intents.
        handoff_intents: intents that go to a person at once, whatever else would be done about them.
    """

    def __init__(
        self, metadata: ModelMetadata, runner: GraphRunner, domain: Domain, handoff_intents: frozenset[str]
    ) -> None:
        self._runner = runner
        self._domain = domain
        self._handoff_intents = handoff_intents
        # The last node of Rasa's graph reads "/intent" out of typed text. Its input is what the NLU understood.
        self._target = metadata.predict_schema.nodes[metadata.nlu_target].needs["messages"]

    def read(self, turn: TurnRequest, tracker: DialogueStateTracker) -> UserUttered:
        """The message as the tracker records it.

        Raises:
            BadRequest: it is a button whose intent the bot does not have.
        """
        choice = turn.choice or _choice_by_title(turn.text or "", tracker)
        if choice is not None:
            text, parsed = choice.payload, self._of_choice(choice)
        else:
            text, parsed = (turn.text or "").strip(), self._of_text(turn, tracker)
        if parsed["intent"]["name"] in self._handoff_intents:
            text, parsed = text if choice is None else f"/{TOPIC_FOR_PERSON}", _given_to_person(parsed)
        return UserUttered(
            text,
            parsed["intent"],
            parsed["entities"],
            parsed,
            input_channel=turn.channel,
            message_id=turn.message_id,
            metadata=_metadata(turn),
        )

    def _of_choice(self, choice: Choice) -> dict[str, Any]:
        if choice.intent not in self._domain.intents:
            raise BadRequest("The choice names an intent that the bot no longer has.", code="unknown_choice")
        intent = {"name": choice.intent, "confidence": 1.0}
        return {"intent": intent, "entities": choice.as_entities(), "intent_ranking": [intent]}

    def _of_text(self, turn: TurnRequest, tracker: DialogueStateTracker) -> dict[str, Any]:
        message = UserMessage(
            turn.text, sender_id=turn.conversation_id, message_id=turn.message_id, metadata=_metadata(turn)
        )
        understood = self._runner.run(
            inputs={PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}, targets=[self._target]
        )[self._target][0]
        # Only what dialogue needs is recorded: tokens and the tail of the ranking would triple every tracker.
        return {
            "intent": understood.get("intent") or {"name": None, "confidence": 0.0},
            "entities": understood.get("entities") or [],
            "intent_ranking": (understood.get("intent_ranking") or [])[:_RANKED_INTENTS],
        }


def _given_to_person(parsed: dict[str, Any]) -> dict[str, Any]:
    own = parsed["intent"]
    topic = {"entity": TOPIC_FOR_PERSON, "value": own["name"]}
    return {**parsed, "intent": {**own, "name": TOPIC_FOR_PERSON}, "entities": [*parsed["entities"], topic]}


def _metadata(turn: TurnRequest) -> dict[str, Any]:
    return {**turn.metadata, "language": turn.language}


def _choice_by_title(text: str, tracker: DialogueStateTracker) -> Choice | None:
    """The button of the bot's last answer whose title was typed instead of pressing it."""
    typed = _plain(text)
    for button in _last_buttons(tracker) if typed else ():
        if _plain(button["title"]) == typed:
            return read_choice(button["payload"])
    return None


def _last_buttons(tracker: DialogueStateTracker) -> Iterable[dict[str, Any]]:
    for event in reversed(tracker.events):
        if begins_turn(event):
            return
        if isinstance(event, BotUttered):
            yield from event.data.get("buttons") or ()


def _plain(text: str) -> str:
    """Letters and digits only, so that neither case, quotes nor full stops matter."""
    return "".join(character for character in text.casefold() if character.isalnum())
