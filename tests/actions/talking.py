"""Talking to the trained bot: turns as the gateway asks for them, the real actions behind JSON, a real shop."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import services
from actions.internal_api import InternalApi
from actions.shop.sqlite import SqliteShop
from bot.agent import TurnAgent
from bot.choice import read_choice
from bot.errors import TurnFailed
from bot.responses import StrictResponses
from bot.turn import TurnRequest
from tests.actions.gateway import SECRET, Gateway, serving

_ids = itertools.count(1)


class Actions(EndpointConfig):  # type: ignore[misc]
    """The action server without its process: every call and answer still goes through JSON.

    What an action raises is kept, for the conversation to raise.
    """

    def __init__(self) -> None:
        super().__init__(url="http://actions.invalid")
        self.failure: Exception | None = None
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    def serve_domain(self, domain: Domain) -> None:
        """Stock calls carry the whole domain; nothing to keep."""

    async def request(self, *_: Any, json: dict[str, Any], **__: Any) -> Any:
        """Run one action."""
        try:
            return _through_json(await self._executor.run(_through_json(json)))
        except ActionExecutionRejection as rejected:
            raise ClientResponseError(400, "rejected", str(rejected)) from rejected
        except Exception as failure:
            self.failure = failure
            raise


def _through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def load_bot(model: Path) -> TurnAgent:
    """The trained bot."""
    agent = TurnAgent(
        generator=StrictResponses(),
        tracker_store=InMemoryTrackerStore(Domain.empty()),
        lock_store=InMemoryLockStore(),
        action_endpoint=Actions(),
        handoff_intents=frozenset(),
    )
    agent.load_model(model)
    return agent


@dataclass
class Reply:
    """What the bot answered to one message.

    Args:
        responses: names of the responses said, in order.
        texts: what the customer reads.
        buttons: payload by title.
        language: the one that the conversation goes on in, when it has changed.
        asks: responses that ask for what a channel may offer to share.

    What an agent is told is merged as the turn channel merges it.
    """

    responses: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    handoff: dict[str, Any] | None = None
    not_understood: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    resolved: bool = False
    language: str | None = None
    verified: str | None = None
    asks: list[str] = field(default_factory=list)

    def __contains__(self, response: str) -> bool:
        return response in self.responses

    @property
    def text(self) -> str:
        """Everything the customer reads."""
        return "\n".join(self.texts)


@dataclass
class Talk:
    """One customer's conversation with the bot.

    Args:
        about: what the customer was told unasked before their next message.
        proven: orders that they have proven in another conversation, each with its customer.
        seconds: how long a turn may take; by default as long as the settings say.
    """

    bot: TurnAgent
    shop: SqliteShop
    gateway: Gateway
    loop: asyncio.AbstractEventLoop
    contact: dict[str, Any] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    proven: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    seconds: float | None = None
    name: str = field(default_factory=lambda: f"c_{next(_ids)}")
    last: Reply = field(default_factory=Reply)

    def say(self, text: str) -> Reply:
        """Send what the customer typed, or a button's payload."""
        return self.loop.run_until_complete(self._say(text))

    def press(self, title: str) -> Reply:
        """Press a button of the last answer by its title, or its beginning."""
        payload = next(payload for shown, payload in self.last.buttons.items() if shown.startswith(title))
        return self.say(payload)

    def slot(self, name: str) -> Any:
        """A slot's value."""
        return self._tracker().get_slot(name)

    @property
    def form(self) -> str | None:
        """The form that is active."""
        name: str | None = self._tracker().active_loop_name
        return name

    def shop_says(self, call: Any) -> Any:
        """The result of a call to the shop."""
        return self.loop.run_until_complete(call)

    def _tracker(self) -> Any:
        return self.loop.run_until_complete(self.bot.tracker_store.retrieve(self.name))

    async def _say(self, text: str) -> Reply:
        before = await self.bot.tracker_store.get_or_create_tracker(self.name)
        seen = len(before.events)
        turn = TurnRequest(
            conversation_id=self.name,
            message_id=f"{self.name}:{next(_ids)}",
            text=None if text.startswith("/") else text,
            choice=read_choice(text) if text.startswith("/") else None,
            language=self.language,
            metadata={
                "channel": "web",
                "contact": self.contact,
                **({"about": self.about} if self.about else {}),
                **({"proven": self.proven} if self.proven else {}),
            },
        )
        self.bot.action_endpoint.failure = None
        try:
            answer = await self.bot.processor.take_turn(turn, self.seconds)
        except TurnFailed as failed:
            raise self.bot.action_endpoint.failure or failed from failed
        tracker = await self.bot.tracker_store.retrieve(self.name)
        assert tracker.latest_action_name == ACTION_LISTEN_NAME
        self.last = _reply([event.as_dict() for event in list(tracker.events)[seen:]])
        self.last.language = answer["effects"].get("language")
        self.language = self.last.language or self.language
        return self.last


def _reply(events: list[dict[str, Any]]) -> Reply:
    reply = Reply()
    for event in events:
        if event["event"] != "bot":
            continue
        effects = ((event.get("data") or {}).get("custom") or {}).get("baton") or {}
        reply.handoff = effects.get("handoff", reply.handoff)
        reply.not_understood |= effects.get("not_understood", False)
        reply.details |= effects.get("details", {})
        reply.resolved |= effects.get("resolve", False)
        reply.verified = (effects.get("verified") or {}).get("customer_id", reply.verified)
        if event.get("text"):
            reply.responses.append((event.get("metadata") or {}).get("utter_action"))
            reply.texts.append(event["text"])
            if (event.get("metadata") or {}).get("asks"):
                reply.asks.append(event["metadata"]["utter_action"])
        for button in event["data"].get("buttons") or []:
            reply.buttons[button["title"]] = button["payload"]
    return reply


@contextmanager
def talking(bot: TurnAgent, demo: Path, folder: Path, loop: asyncio.AbstractEventLoop) -> Iterator[Talk]:
    """A conversation with a fresh copy of the demo shop and a gateway that is open."""
    shop, gateway = SqliteShop(Path(shutil.copy(demo, folder / "shop.sqlite3"))), Gateway()
    running = serving(gateway)
    loop.run_until_complete(running.__aenter__())
    api = InternalApi(gateway.url, SECRET)
    services.provide(shop=shop, internal_api=api)
    try:
        yield Talk(bot, shop, gateway, loop)
    finally:
        services.provide()
        loop.run_until_complete(api.close())
        loop.run_until_complete(shop.close())
        loop.run_until_complete(running.__aexit__(None, None, None))
