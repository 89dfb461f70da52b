"""Responses: what the bot says, from the templates in the domain."""

from __future__ import annotations

import re
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import DomainMismatch
from bot.nlu.importer import LANGUAGE
from bot.requests import NAME_OF_INTENT

# Rasa's default actions say these if the domain has them, and are meant to be silent if not.
_OPTIONAL = frozenset({"utter_default", "utter_restart", "utter_back", "utter_ask_rephrase"})
CHOICES = "choices"
UTTER_PREFIX = "utter_"
_SDK_NAME = "template"  # what rasa_sdk repeats the response's own name under
_PLACEHOLDER = re.compile(r"(?<!\{)\{([^\n{}]+)\}(?!\})")


class StrictResponses(TemplatedNaturalLanguageGenerator):
    """Fills response templates, and keeps silent neither about a missing one nor about a gap in one.

    Besides a template's own placeholders an action may give:

    - `language`: to answer in that one, whatever the conversation's is so far;
    - `choices`: `[{"intent", "payload"}]`, which become buttons before the response's own, titled in plain words
      (`utter_meant_<intent>`);
    - a placeholder's value that is the name of a response: it is filled with that response's text.
    """

    def __init__(self) -> None:
        super().__init__(responses={})

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Fill the template of a response.

        Raises:
            DomainMismatch: the domain has no such response, none whose conditions are met, or the template has a
                placeholder that is neither a slot nor given by the action.
        """
        slots = tracker.current_slot_values()
        if kwargs.get(LANGUAGE):
            slots = {**slots, LANGUAGE: kwargs[LANGUAGE]}
        filled = {
            name: value if name == _SDK_NAME else self._said(value, slots, output_channel)
            for name, value in kwargs.items()
            if name != CHOICES
        }
        response: dict[str, Any] | None = self.generate_from_slots(utter_action, slots, output_channel, **filled)
        if response is not None and kwargs.get(CHOICES):
            buttons = [self._button(each, slots, output_channel) for each in kwargs[CHOICES]]
            response["buttons"] = [*buttons, *(response.get("buttons") or [])]
        if response is None and utter_action not in _OPTIONAL:
            raise DomainMismatch(f"The domain has no response {utter_action} that fits here; add it to domain.yml.")
        return response

    def _said(self, value: Any, slots: dict[str, Any], output_channel: str) -> Any:
        """A placeholder's value, in words."""
        if not isinstance(value, str) or not value.startswith(UTTER_PREFIX) or value not in self.responses:
            return value
        return (self.generate_from_slots(value, slots, output_channel) or {}).get("text", value)

    def _button(self, choice: dict[str, str], slots: dict[str, Any], output_channel: str) -> dict[str, str]:
        name = NAME_OF_INTENT + choice["intent"]
        title = self._said(name, slots, output_channel)
        if title == name:
            raise DomainMismatch(f"The domain has no response {name}; add it to data/responses.")
        return {"title": title, "payload": choice["payload"]}

    def _fill_response(
        self, response: dict[str, Any], filled_slots: dict[str, Any] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        # Rasa would log the gap and show the customer the bare template.
        for name in _PLACEHOLDER.findall(response.get("text") or ""):
            if name not in (filled_slots or {}) and name not in kwargs:
                raise DomainMismatch(f"A response has the placeholder {{{name}}}, which is no slot of the domain.")
        filled: dict[str, Any] = super()._fill_response(response, filled_slots, **kwargs)
        return filled
