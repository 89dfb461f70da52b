"""The agent: a model, its tracker store and its action server, put together so that nothing fails quietly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain

from bot.action_endpoint import ActionEndpoint, check_answers_once
from bot.errors import StoreUnavailable
from bot.processor import TurnProcessor
from bot.responses import StrictResponses
from bot.tracker_store import AppendingTrackerStore
from bot.understanding import TOPIC_FOR_PERSON

ACTIONS_URL_VARIABLE = "BATON_ACTIONS_URL"
ACTIONS_SECRET_VARIABLE = "BATON_ACTIONS_SECRET"  # noqa: S105 -- the name of a variable
ACTION_TIMEOUT_VARIABLE = "BATON_ACTION_TIMEOUT_SECONDS"
HANDOFF_INTENTS_VARIABLE = "BATON_HANDOFF_INTENTS"
DEFAULT_ACTION_TIMEOUT_SECONDS = 6.0


class CannotStart(Exception):
    """The bot cannot be started; the message says what to put right."""


class TurnAgent(Agent):
    """Rasa's agent, with a processor that takes turns and a tracker store without a silent fallback.

    Args:
        handoff_intents: intents that go to a person at once.
        to_rasa: what Rasa's own agent is made from.
    """

    def __init__(self, *, handoff_intents: frozenset[str], **to_rasa: Any) -> None:
        super().__init__(**to_rasa)
        self._handoff_intents = handoff_intents

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a trained model."""
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
            handoff_intents=self._handoff_intents,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses
        self.action_endpoint.serve_domain(self.domain)

    async def close(self) -> None:
        """Close the connections to the action server and to Redis."""
        await self.action_endpoint.close()
        await self.tracker_store.close()

    @staticmethod
    def _create_tracker_store(store: TrackerStore, domain: Domain | None) -> TrackerStore:
        # Rasa wraps the store in one that goes on in memory when Redis fails: customers would lose their place.
        store.domain = domain
        return store


def load_agent(model: Path, endpoints: Path) -> TurnAgent:
    """Load the model and wire it to its endpoints.

    Args:
        model: the archive of a trained model.
        endpoints: the path of endpoints.yml.

    Raises:
        CannotStart: no endpoints, no action server, a tracker store that is not ours, or a setting that names an
            intent which the model does not have.
    """
    if not endpoints.is_file():
        raise CannotStart(f"There is no file {endpoints}; say where it is with --endpoints.")
    check_answers_once()
    configured = AvailableEndpoints.read_endpoints(str(endpoints))
    handoff_intents = _handoff_intents()
    agent = TurnAgent(
        generator=StrictResponses(),
        tracker_store=_tracker_store(configured, endpoints),
        lock_store=InMemoryLockStore(),
        action_endpoint=_action_endpoint(configured, endpoints),
        handoff_intents=handoff_intents,
    )
    agent.load_model(model)
    _refuse_unknown(handoff_intents, agent.domain)
    return agent


async def check_health(agent: Any) -> None:
    """Make sure that turns can be taken and will be remembered.

    Raises:
        StoreUnavailable: the tracker store is not ours, or Redis does not answer.
        CannotStart: the agent was not started by ``bot.run``.
    """
    if not isinstance(agent, TurnAgent) or agent.processor is None:
        raise CannotStart("No model is loaded, or the bot was not started with `python -m bot.run`.")
    if not isinstance(agent.tracker_store, AppendingTrackerStore):
        raise StoreUnavailable("The tracker store is not Baton's; put it back into endpoints.yml.")
    await agent.tracker_store.ping()


def _tracker_store(configured: AvailableEndpoints, endpoints: Path) -> AppendingTrackerStore:
    try:
        store = TrackerStore.create(configured.tracker_store)
    except ValueError as error:
        raise CannotStart(str(error)) from error
    if not isinstance(store, AppendingTrackerStore):
        # A misspelt module path makes Rasa fall back to memory with no more than a warning.
        raise CannotStart(
            f"The tracker_store of {endpoints} gives a {type(store).__name__}; "
            f"its type has to be {AppendingTrackerStore.__module__}.{AppendingTrackerStore.__name__}."
        )
    return store


def _action_endpoint(configured: AvailableEndpoints, endpoints: Path) -> ActionEndpoint:
    url = os.environ.get(ACTIONS_URL_VARIABLE) or (configured.action.url if configured.action else None)
    if not url:
        raise CannotStart(f"No action server: set {ACTIONS_URL_VARIABLE}, or action_endpoint in {endpoints}.")
    return ActionEndpoint(
        url,
        secret=os.environ.get(ACTIONS_SECRET_VARIABLE),
        timeout_seconds=float(os.environ.get(ACTION_TIMEOUT_VARIABLE) or DEFAULT_ACTION_TIMEOUT_SECONDS),
    )


def _handoff_intents() -> frozenset[str]:
    listed = os.environ.get(HANDOFF_INTENTS_VARIABLE, "").split(",")
    return frozenset(name.strip() for name in listed if name.strip())


def _refuse_unknown(handoff_intents: frozenset[str], domain: Domain) -> None:
    # A misspelt name would leave to the bot what the business wants a person to do.
    unknown = sorted(handoff_intents.difference(domain.intents))
    if unknown:
        raise CannotStart(f"{HANDOFF_INTENTS_VARIABLE} names {unknown[0]}, which is no intent of the domain.")
    if handoff_intents and TOPIC_FOR_PERSON not in domain.intents:
        raise CannotStart(f"{HANDOFF_INTENTS_VARIABLE} needs the intent {TOPIC_FOR_PERSON} and a rule for it.")
