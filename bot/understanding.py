"""What a customer's message means: the intent and entities that dialogue goes by, from a button or from typed text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.choice import Choice, read_choice
from bot.errors import BadRequest
from bot.languages import CHOSEN, DEFAULT_LANGUAGE, SWITCHED, WRITTEN, languages_of, nearest
from bot.nlu.gate import CLOSE
from bot.nlu.identifier import SPOKEN
from bot.nlu.importer import LANGUAGE
from bot.nlu.splitter import PARTS
from bot.nlu.switching import is_surely_in, language_after
from bot.nlu.text import LONGEST, plain
from bot.requests import MOST_READ, NAME_OF_INTENT, Request, Waiting, requests_in
from bot.tracker import begins_turn
from bot.turn import TurnRequest

TOPIC_FOR_PERSON = "topic_for_person"
"""The intent of a message whose own intent the settings give to a person; the entity of that name holds its own."""
WHICH_MEANT = "which_meant"
"""The intent of a message that is asked about before it is acted on; entities of that name hold what it may mean."""
NONE_MEANT = "none_meant"
"""The intent of the button that says it meant something else."""

_RANKED_INTENTS = 3
_YES = "affirm"


@dataclass(frozen=True)
class Reading:
    """What a message means.

    Args:
        message: as the tracker records it: its first request, if it holds several.
        language: what the bot answers in, one that it speaks.
        others: its further requests.
        is_cut: whether it is so long that its end was not read.
        is_written: whether it is surely written in `language`, rather than pressed, or a number, or an "ok".
    """

    message: UserUttered
    language: str
    others: tuple[Request, ...] = ()
    is_cut: bool = False
    is_written: bool = False


class Understanding:
    """Reads messages with a trained model.

    Args:
        metadata: of the model.
        runner: runs the model's components.
        domain: knows the intents, and the languages there are responses in.
        handoff_intents: intents that go to a person at once, whatever else would be done about them.
    """

    def __init__(
        self, metadata: ModelMetadata, runner: GraphRunner, domain: Domain, handoff_intents: frozenset[str]
    ) -> None:
        self._runner = runner
        self._domain = domain
        self._handoff_intents = handoff_intents
        self._languages = languages_of(domain, metadata.language or DEFAULT_LANGUAGE)
        # The last node of Rasa's graph reads "/intent" out of typed text. Its input is what the NLU understood.
        self._target = metadata.predict_schema.nodes[metadata.nlu_target].needs["messages"]

    def warm_up(self) -> None:
        """Load what is loaded at a language's first message, so that no customer waits for it."""
        for language in self._languages:
            self._run(UserMessage("hello", metadata={LANGUAGE: language}), None)

    def read(self, turn: TurnRequest, tracker: DialogueStateTracker) -> Reading:
        """Read the message of a turn.

        Raises:
            BadRequest: it is a button whose intent the bot does not have.
        """
        choice = turn.choice or _choice_by_title(turn.text or "", tracker)
        if choice is not None:
            language = nearest(turn.language, self._languages)
            message = self._as_message(turn, choice.payload, self._of_choice(choice), language, pressed=True)
            return Reading(message, language)
        text = (turn.text or "").strip()
        whole = self._parse(text, turn, turn.language, tracker)
        language, is_written = self._language_after(turn, whole, tracker)
        own_words = _asks_in_own_words(tracker)
        first, *others = [Request(text)] if own_words else self._requests(text, whole, turn, language, tracker)
        offered = None if others else _only_one_offered(tracker)
        if offered is not None and _confirms(whole, offered):
            return Reading(self._as_confirmed(turn, offered, whole, language), language, is_written=is_written)
        parsed = whole if not others else self._parse(first.text, turn, language, tracker)
        message = self._as_message(turn, first.text, self._ask_if_close(parsed, tracker), language)
        is_cut = not own_words and (len(whole[PARTS]) > MOST_READ or len(text) > LONGEST)
        return Reading(message, language, tuple(others), is_cut, is_written)

    def read_waiting(
        self, request: Waiting, turn: TurnRequest, language: str, tracker: DialogueStateTracker, *, follows: bool
    ) -> UserUttered:
        """Read a request that was made besides another one, now that it is its turn.

        Args:
            request: what was asked.
            turn: the turn in which it is served.
            language: what the conversation is in.
            follows: whether it follows the turn's own message, rather than standing for it.
        """
        language = nearest(language, self._languages)
        parsed = self._ask_if_close(self._parse(request["text"], turn, language, tracker), tracker)
        return self._as_message(turn, request["text"], parsed, language, follows=follows, acts_as=request["id"])

    def _as_message(
        self,
        turn: TurnRequest,
        text: str,
        parsed: dict[str, Any],
        language: str,
        *,
        pressed: bool = False,
        follows: bool = False,
        acts_as: str | None = None,
    ) -> UserUttered:
        """A message as the tracker records it.

        Args:
            pressed: whether it came with a button.
            follows: whether it comes after the turn's own message; only that has the turn's message id.
            acts_as: the message id that actions see, if it is another; names what they do at the shop.
        """
        # Only what dialogue needs is recorded: all that the NLU tells would triple every tracker.
        kept = {name: parsed[name] for name in ("intent", "entities", "intent_ranking")}
        if kept["intent"]["name"] in self._handoff_intents:
            text, kept = f"/{TOPIC_FOR_PERSON}" if pressed else text, _given_to_person(kept)
        if acts_as:
            kept["message_id"] = acts_as
        return UserUttered(
            text,
            kept["intent"],
            kept["entities"],
            kept,
            input_channel=turn.channel,
            message_id=None if follows else turn.message_id,
            metadata={
                **turn.metadata,
                LANGUAGE: language,
                "languages": list(self._languages),
                SWITCHED: language != turn.language,
            },
        )

    def _as_confirmed(self, turn: TurnRequest, offered: Choice, parsed: dict[str, Any], language: str) -> UserUttered:
        """A "yes" to what was offered, which presses its button, or the same said again; details said now go first."""
        confirmed, said = self._of_choice(offered), parsed["entities"]
        names = {found["entity"] for found in said}
        confirmed["entities"] = [*said, *(found for found in confirmed["entities"] if found["entity"] not in names)]
        is_yes = parsed["intent"]["name"] == _YES
        text = offered.payload if is_yes else (turn.text or "").strip()
        return self._as_message(turn, text, confirmed, language, pressed=is_yes)

    def _of_choice(self, choice: Choice) -> dict[str, Any]:
        if choice.intent not in self._domain.intents:
            raise BadRequest("The choice names an intent that the bot no longer has.", code="unknown_choice")
        intent = {"name": choice.intent, "confidence": 1.0}
        return {"intent": intent, "entities": choice.as_entities(), "intent_ranking": [intent]}

    def _parse(self, text: str, turn: TurnRequest, language: str, tracker: DialogueStateTracker) -> dict[str, Any]:
        metadata = {**turn.metadata, LANGUAGE: language}
        message = UserMessage(text, sender_id=turn.conversation_id, message_id=turn.message_id, metadata=metadata)
        understood = self._run(message, tracker)
        return {
            "intent": understood.get("intent") or {"name": None, "confidence": 0.0},
            "entities": understood.get("entities") or [],
            "intent_ranking": (understood.get("intent_ranking") or [])[:_RANKED_INTENTS],
            SPOKEN: understood.get(SPOKEN) or {},
            PARTS: understood.get(PARTS) or [text],
            CLOSE: understood.get(CLOSE) or [],
        }

    def _run(self, message: UserMessage, tracker: DialogueStateTracker | None) -> Message:
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}
        return self._runner.run(inputs=inputs, targets=[self._target])[self._target][0]

    def _language_after(
        self, turn: TurnRequest, parsed: dict[str, Any], tracker: DialogueStateTracker
    ) -> tuple[str, bool]:
        """The conversation's language after a message, and whether the message is surely written in it."""
        current, text = nearest(turn.language, self._languages), plain(turn.text or "").text
        chances = {tag: chance for tag, chance in parsed[SPOKEN].items() if tag in self._languages}
        chosen, settled = tracker.get_slot(CHOSEN) is True, tracker.get_slot(WRITTEN) == current
        language = language_after(current, text, chances, chosen=chosen, settled=settled)
        return language, is_surely_in(language, text, chances)

    def _requests(
        self, text: str, whole: dict[str, Any], turn: TurnRequest, language: str, tracker: DialogueStateTracker
    ) -> list[Request]:
        if len(whole[PARTS]) < 2:
            return [Request(text)]
        requests = requests_in(whole[PARTS], lambda part: self._parse(part, turn, language, tracker))
        return requests if len(requests) > 1 else [Request(text)]

    def _ask_if_close(self, parsed: dict[str, Any], tracker: DialogueStateTracker) -> dict[str, Any]:
        # Inside a task the question in hand tells which of two is meant; and only requests can be told apart in words.
        named = [f"{NAME_OF_INTENT}{intent}" in self._domain.responses for intent in parsed[CLOSE]]
        if not named or not all(named) or tracker.active_loop_name is not None:
            return parsed
        meant = [{"entity": WHICH_MEANT, "value": intent} for intent in parsed[CLOSE]]
        intent = {**parsed["intent"], "name": WHICH_MEANT}
        return {**parsed, "intent": intent, "entities": [*parsed["entities"], *meant]}


def _asks_in_own_words(tracker: DialogueStateTracker) -> bool:
    """Whether the open question is answered with whatever is said: why something comes back, what it is about."""
    return str(tracker.get_slot(REQUESTED_SLOT) or "").endswith(("reason", "topic"))


def _given_to_person(parsed: dict[str, Any]) -> dict[str, Any]:
    own = parsed["intent"]
    topic = {"entity": TOPIC_FOR_PERSON, "value": own["name"]}
    return {**parsed, "intent": {**own, "name": TOPIC_FOR_PERSON}, "entities": [*parsed["entities"], topic]}


def _choice_by_title(text: str, tracker: DialogueStateTracker) -> Choice | None:
    """The button of the bot's last answer whose title was typed instead of pressing it."""
    typed = _plain(text)
    for button in _last_buttons(tracker) if typed else ():
        if _plain(button["title"]) == typed:
            return read_choice(button["payload"])
    return None


def _only_one_offered(tracker: DialogueStateTracker) -> Choice | None:
    """What the bot's last answer asks to confirm: its one button besides that for something else."""
    payloads = [str(button["payload"]) for button in _last_buttons(tracker)]
    meant = [payload for payload in payloads if payload != f"/{NONE_MEANT}"]
    return read_choice(meant[0]) if len(meant) == 1 and len(payloads) > 1 else None


def _confirms(parsed: dict[str, Any], offered: Choice) -> bool:
    """Whether a message says yes to what was offered, or asks for that again; twice said is meant."""
    name, either = parsed["intent"]["name"], len(parsed[CLOSE]) > 1
    return name == _YES or (name == offered.intent and not either)


def _last_buttons(tracker: DialogueStateTracker) -> Iterable[dict[str, Any]]:
    for event in reversed(tracker.events):
        if begins_turn(event):
            return
        if isinstance(event, BotUttered):
            yield from event.data.get("buttons") or ()


def _plain(text: str) -> str:
    """Letters and digits only, so that neither case, quotes nor full stops matter."""
    return "".join(character for character in text.casefold() if character.isalnum())
