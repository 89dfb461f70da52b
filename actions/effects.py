"""What an action sends besides plain sentences: effects for the gateway, lines that belong together, asks, buttons.

The turn channel takes effects out of these messages; the customer sees none of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from rasa_sdk.executor import CollectingDispatcher

HandoffReason = Literal["asked", "not_understood", "upset", "topic_rule", "bot_failed"]


def signal_handoff(
    dispatcher: CollectingDispatcher, reason: HandoffReason, topic: str | None, details: Mapping[str, Any]
) -> None:
    """Ask the gateway for a person.

    Args:
        reason: why, in the words of the turn contract.
        topic: what it is about, as the agent will read it.
        details: facts that the customer should not be asked again.
    """
    dispatcher.utter_message(
        json_message={"baton": {"handoff": {"reason": reason, "topic": topic, "details": dict(details)}}}
    )


def signal_details(dispatcher: CollectingDispatcher, details: Mapping[str, Any]) -> None:
    """Tell the gateway facts as soon as they are known, so that an agent has them whenever one takes over."""
    if details:
        dispatcher.utter_message(json_message={"baton": {"details": dict(details)}})


def signal_language(dispatcher: CollectingDispatcher, language: str) -> None:
    """Tell the gateway that the conversation goes on in another language, a BCP 47 tag."""
    dispatcher.utter_message(json_message={"baton": {"language": language}})


def signal_verified(dispatcher: CollectingDispatcher, customer_id: str) -> None:
    """Tell the gateway which customer of the shop the contact has just proven to be."""
    dispatcher.utter_message(json_message={"baton": {"verified": {"customer_id": customer_id}}})


def signal_resolved(dispatcher: CollectingDispatcher) -> None:
    """Tell the gateway that the customer is done; the next message opens the conversation again."""
    dispatcher.utter_message(json_message={"baton": {"resolve": True}})


def signal_not_understood(dispatcher: CollectingDispatcher) -> None:
    """Mark the message as one that the bot could not follow, for whoever reads the conversation."""
    dispatcher.utter_message(json_message={"baton": {"not_understood": True}})


def say_on(dispatcher: CollectingDispatcher, response: str, **variables: str) -> None:
    """Say a response in the line below what this action said last, rather than in a paragraph of its own.

    Args:
        response: its name.
        variables: fill it.
    """
    dispatcher.utter_message(response=response, continues=True, **variables)


def ask_for_phone(
    dispatcher: CollectingDispatcher, response: str, *, or_email: bool = False, **variables: str | None
) -> None:
    """Say a response that asks for a phone number; where the channel can, the customer shares theirs with one press.

    Args:
        response: its name.
        or_email: an e-mail address answers it as well.
        variables: fill it.
    """
    dispatcher.utter_message(response=response, asks="email_or_phone" if or_email else "phone", **variables)


def choice(intent: str, **entities: str) -> str:
    """The payload of a button that means an intent with these entities."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False) if entities else ''}"
