"""The way to the action server: one kept connection, a bearer secret, a short patience, loud failures."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import ujson
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.errors import ActionFailed, ActionsAway

_REJECTED = 400


class ActionEndpoint(EndpointConfig):
    """Calls the action server.

    Rasa opens a connection for every call, sends the whole domain along, waits up to 300 seconds, and in places
    swallows what goes wrong. Here a failure is an ActionFailed, which nothing in Rasa catches. The one failure that
    belongs to the dialogue still reaches Rasa: an action or form that rejects its execution.

    Args:
        url: the webhook of the action server.
        secret: sent as bearer token; None when the action server asks for none.
        timeout_seconds: how long one action may take.
    """

    def __init__(self, url: str, secret: str | None, timeout_seconds: float) -> None:
        super().__init__(url=url, headers={"Authorization": f"Bearer {secret}"} if secret else {})
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._domain: dict[str, Any] = {}
        self._client: aiohttp.ClientSession | None = None

    def serve_domain(self, domain: Domain) -> None:
        """Set what actions get to see of the domain: its forms and slots, which validation needs."""
        whole = domain.as_dict()
        self._domain = {part: whole.get(part, {}) for part in ("forms", "slots")}

    async def request(self, *_: Any, json: dict[str, Any], **__: Any) -> Any:
        """Run one action.

        Args:
            json: Rasa's action call.

        Raises:
            ActionFailed: the action raised or is slow, or the answer is not one.
            ActionsAway: the server cannot be reached.
            ClientResponseError: the action rejected its execution.
        """
        if self._client is None:
            # A call carries the recent turns; Python's own json would take a tenth of a turn to write them.
            self._client = aiohttp.ClientSession(
                timeout=self._timeout, headers=self.headers, json_serialize=ujson.dumps
            )
        action = json.get("next_action", "?")
        try:
            async with self._client.post(self.url, json={**json, "domain": self._domain}) as response:
                body = await response.read()
        except asyncio.TimeoutError as error:
            raise ActionFailed(f"The action {action} took longer than {self._timeout.total:g} s.") from error
        except aiohttp.ClientError as error:
            raise ActionsAway(f"The action server could not be reached to run {action}; is it running?") from error
        return _result(action, response.status, body)

    async def close(self) -> None:
        """Close the kept connection."""
        if self._client is not None:
            await self._client.close()
            self._client = None


def check_answers_once() -> None:
    """Keep Rasa from checking an action's answer again, and its own schema of answers every time before.

    That takes 20 ms an action. What an answer has to be is checked here, and by the events as they are made from it.
    """
    RemoteAction._validate_action_result = lambda _self, _result: True


def _result(action: str, status: int, body: bytes) -> dict[str, Any]:
    try:
        result = json.loads(body)
    except ValueError:
        result = None
    if not isinstance(result, dict):
        raise ActionFailed(f"The action server answered {status} without a JSON object when asked to run {action}.")
    if status == _REJECTED and "action_name" in result:
        raise ClientResponseError(status, "rejected", body.decode())
    if status != 200:
        raise ActionFailed(f"The action {action} failed with status {status}; the action server's log says where.")
    if not _is_list_of_objects(result.get("events")) or not _is_list_of_objects(result.get("responses")):
        raise ActionFailed(f"The action server's answer for {action} is not a list of events and one of responses.")
    if not all(isinstance(event.get("event"), str) for event in result["events"]):
        raise ActionFailed(f"The action {action} returned an event without a name.")
    return result


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
