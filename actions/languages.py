"""Speaking another language because the customer asks for it; then only asking again changes it."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.effects import signal_language
from actions.forms import Domain
from actions.turn import Turn


class ChangeLanguage(Action):
    """Goes on in the language that is asked for, and says so in it; or asks which, or says that it speaks others."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_change_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain) -> list[EventType]:
        """Rasa's entry."""
        turn = Turn.of(tracker)
        named = turn.entities.get("language", ())
        if not named:
            dispatcher.utter_message(response="utter_ask_which_language")
            return []
        chosen = wanted(named, turn.languages or (turn.language,), turn.language)
        if chosen is None:
            dispatcher.utter_message(response="utter_language_unknown")
            return []
        signal_language(dispatcher, chosen)
        dispatcher.utter_message(response="utter_language_changed", language=chosen)
        return [SlotSet("language", chosen), SlotSet("language_chosen", True)]


def wanted(named: Sequence[str], spoken: Sequence[str], current: str) -> str | None:
    """Which language a message asks for; None when it is none that is spoken.

    Who names the one in use names it most often as the one they can't read: "not Danish, English please".

    Args:
        named: the languages in the message, as BCP 47 tags, in order.
        spoken: the tags of all that the bot speaks.
        current: the tag of the one in use.
    """
    tags = [tag for one in named if (tag := _spoken(one, spoken))]
    others = [tag for tag in tags if tag != current]
    unknown = any(_spoken(one, spoken) is None for one in named)
    return next(iter(others), None if unknown else next(iter(tags), None))


def _spoken(tag: str, spoken: Sequence[str]) -> str | None:
    """The spoken language that a tag means; any variety of it will do."""
    base = tag.split("-")[0].casefold()
    same = (one for one in spoken if one.split("-")[0].casefold() == base)
    return tag if tag in spoken else next(same, None)
