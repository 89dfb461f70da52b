"""Responses: what the bot says, from the templates in the domain."""

from __future__ import annotations

import re
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import DomainMismatch

# Rasa's default actions say these if the domain has them, and are meant to be silent if not.
_OPTIONAL = frozenset({"utter_default", "utter_restart", "utter_back", "utter_ask_rephrase"})
_PLACEHOLDER = re.compile(r"(?<!\{)\{([^\n{}]+)\}(?!\})")


class StrictResponses(TemplatedNaturalLanguageGenerator):
    """Fills response templates, and keeps silent neither about a missing one nor about a gap in one."""

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
        response: dict[str, Any] | None = await super().generate(utter_action, tracker, output_channel, **kwargs)
        if response is None and utter_action not in _OPTIONAL:
            raise DomainMismatch(f"The domain has no response {utter_action} that fits here; add it to domain.yml.")
        return response

    def _fill_response(
        self, response: dict[str, Any], filled_slots: dict[str, Any] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        # Rasa would log the gap and show the customer the bare template.
        for name in _PLACEHOLDER.findall(response.get("text") or ""):
            if name not in (filled_slots or {}) and name not in kwargs:
                raise DomainMismatch(f"A response has the placeholder {{{name}}}, which is no slot of the domain.")
        filled: dict[str, Any] = super()._fill_response(response, filled_slots, **kwargs)
        return filled
