"""The gateway as actions see it: who is there to talk to, and the calendar of callbacks.

The error tree:

    InternalApiError
    ├── InternalApiMisconfigured    no address or secret, or the gateway does not accept them: for the operator
    ├── InternalApiUnavailable      not reachable, too slow, or answering 5xx
    └── InternalApiRefused          the gateway says no; `.code` is its error code
        ├── CallbackSlotTaken       409 slot_taken: somebody else was faster
        ├── CallbackSlotUnknown     404 slot_unknown: the calendar does not offer that time, or not any more
        ├── CallbackHoldExpired     409 hold_expired: it was kept for a while, and is free again
        └── CallbackGone            404: no such callback any more
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

TIMEOUT_SECONDS = 3.0


class InternalApiError(Exception):
    """The root of everything that the internal API raises on purpose."""


class InternalApiMisconfigured(InternalApiError):
    """The address or the secret of the internal API is missing or wrong."""


class InternalApiUnavailable(InternalApiError):
    """The gateway could not be asked."""


class InternalApiRefused(InternalApiError):
    """The gateway refuses the request.

    Args:
        status: the HTTP status.
        code: the gateway's error code.
    """

    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(f"The gateway's internal API refused the request: {status} {code}.")


class CallbackSlotTaken(InternalApiRefused):
    """The last place of that time has gone to somebody else."""


class CallbackSlotUnknown(InternalApiRefused):
    """The calendar does not offer that time: it is over, or too soon, or never was one."""


class CallbackHoldExpired(InternalApiRefused):
    """The time was held too long without being booked."""


class CallbackGone(InternalApiRefused):
    """There is no such callback any more."""


_REFUSALS: Mapping[str, type[InternalApiRefused]] = {
    "slot_taken": CallbackSlotTaken,
    "slot_unknown": CallbackSlotUnknown,
    "hold_expired": CallbackHoldExpired,
}


@dataclass(frozen=True)
class Availability:
    """Who is there, and when the team is meant to be. `opens_at` is set outside of its hours."""

    agents_online: int
    hours_text: str
    opens_at: datetime | None

    @property
    def somebody_is_there(self) -> bool:
        """Whether a person could answer now or after a wait, within the hours or not."""
        return self.agents_online > 0


@dataclass(frozen=True)
class CallbackSlot:
    """A time at which the team could call. `title` is for reading, in the business's time zone."""

    slot_id: str
    title: str


@dataclass(frozen=True)
class Callback:
    """A time kept for one customer: `held` until it is `booked`."""

    callback_id: str
    slot_id: str
    status: str
    title: str


class InternalApi:
    """The gateway's internal API.

    Args:
        url: its address on loopback.
        secret: the bearer secret that both halves share.
        timeout_seconds: how long one call may take.
    """

    def __init__(self, url: str, secret: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> InternalApi:
        """The API named by BATON_INTERNAL_URL and BATON_INTERNAL_SECRET. Raises InternalApiMisconfigured."""
        url, secret = env.get("BATON_INTERNAL_URL"), env.get("BATON_INTERNAL_SECRET")
        if not url or not secret:
            raise InternalApiMisconfigured("Set BATON_INTERNAL_URL and BATON_INTERNAL_SECRET; `baton run` does.")
        return cls(url, secret)

    async def availability(self, language: str) -> Availability:
        """Whether somebody is there to talk to.

        Args:
            language: BCP 47 tag; here and below, of what a customer reads: the hours, the titles of times.
        """
        answer = await self._call("GET", "/internal/availability", query={"language": language})
        opens_at = answer.get("opens_at")
        return Availability(
            agents_online=int(answer["agents_online"]),
            hours_text=str(answer["hours_text"]),
            opens_at=_time(opens_at) if opens_at else None,
        )

    async def callback_slots(
        self, *, after: str | None = None, limit: int = 5, language: str
    ) -> tuple[CallbackSlot, ...]:
        """Times with a free place, earliest first.

        Args:
            after: the slot id after which to look; None means from now on.
            limit: at most so many.
        """
        query = {"limit": str(limit), "language": language, **({"after": after} if after else {})}
        answer = await self._call("GET", "/internal/callbacks/slots", query=query)
        return tuple(CallbackSlot(str(slot["slot_id"]), str(slot["title"])) for slot in answer["slots"])

    async def hold_callback(
        self, conversation_id: str, slot_id: str, *, language: str, idempotency_key: str
    ) -> Callback:
        """Keep a place of a time while the customer confirms. Raises CallbackSlotTaken, CallbackSlotUnknown."""
        body = {"conversation_id": conversation_id, "slot_id": slot_id, "language": language}
        return _callback(await self._change("/internal/callbacks/holds", body, idempotency_key))

    async def book_callback(
        self, callback_id: str, *, phone: str, topic: str, name: str | None, language: str, idempotency_key: str
    ) -> Callback:
        """Book a held time. Raises CallbackHoldExpired, CallbackSlotTaken, CallbackGone."""
        body = {"phone": phone, "topic": topic, "name": name, "language": language}
        return _callback(await self._change(f"/internal/callbacks/{callback_id}/book", body, idempotency_key))

    async def change_callback(self, callback_id: str, slot_id: str, *, language: str, idempotency_key: str) -> Callback:
        """Move a callback to another time.

        Raises CallbackSlotTaken, CallbackSlotUnknown, CallbackHoldExpired, CallbackGone.
        """
        body = {"slot_id": slot_id, "language": language}
        return _callback(await self._change(f"/internal/callbacks/{callback_id}/change", body, idempotency_key))

    async def cancel_callback(self, callback_id: str, *, idempotency_key: str) -> None:
        """Give a callback up. Raises CallbackGone."""
        await self._change(f"/internal/callbacks/{callback_id}/cancel", {}, idempotency_key)

    async def booked_callbacks(self, conversation_id: str, *, language: str) -> tuple[Callback, ...]:
        """The conversation's booked callbacks that are still to come."""
        path = f"/internal/conversations/{conversation_id}/callbacks"
        answer = await self._call("GET", path, query={"language": language})
        return tuple(callback for callback in map(_callback, answer["callbacks"]) if callback.status == "booked")

    async def close(self) -> None:
        """Let go of the kept connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _change(self, path: str, body: Mapping[str, Any], idempotency_key: str) -> Mapping[str, Any]:
        return await self._call("POST", path, body=body, headers={"Idempotency-Key": idempotency_key})

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout)
        url = self._url + path
        try:
            async with self._session.request(method, url, params=query, json=body, headers=headers) as response:
                if response.status >= 500:
                    raise InternalApiUnavailable(f"The gateway's internal API answered {response.status}.")
                answer: Mapping[str, Any] = await response.json(content_type=None)
                status = response.status
        except asyncio.TimeoutError as error:
            raise InternalApiUnavailable("The gateway's internal API took too long to answer.") from error
        except aiohttp.ClientError as error:
            raise InternalApiUnavailable("The gateway's internal API can't be reached; is it running?") from error
        except ValueError as error:
            raise InternalApiUnavailable("The gateway's internal API did not answer with JSON.") from error
        if status >= 400:
            raise _refusal(status, answer)
        return answer


def _refusal(status: int, answer: Mapping[str, Any]) -> InternalApiError:
    if status in (401, 403):
        return InternalApiMisconfigured("The gateway does not accept BATON_INTERNAL_SECRET; both must hold the same.")
    code = str((answer.get("error") or {}).get("code") or "refused")
    unnamed = CallbackGone if status == 404 else InternalApiRefused
    return _REFUSALS.get(code, unnamed)(status, code)


def _callback(answer: Mapping[str, Any]) -> Callback:
    return Callback(
        callback_id=str(answer["callback_id"]),
        slot_id=str(answer.get("slot_id") or ""),
        status=str(answer["status"]),
        title=str(answer.get("title") or ""),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
