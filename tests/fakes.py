"""Stand-ins at the ports: a clock that a test moves, a bot that says what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from handoff.bot import BotMessage, TurnRequest, TurnResult
from handoff.entry import Understood
from handoff.errors import BotUnavailable
from handoff.store.port import Store

Answer = Callable[[TurnRequest], TurnResult]


class FakeClock:
    """A clock that stands still until a test moves it; `sleep` moves it instead of waiting."""

    def __init__(self, now: int = 1_700_000_000_000) -> None:
        self.now = now

    def __call__(self) -> int:
        """Tell the instant in ms."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.now += round(seconds * 1000)

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass, and others run."""
        self.advance(seconds)
        await asyncio.sleep(0)


def echo(request: TurnRequest) -> TurnResult:
    """Answer with what was asked, understood."""
    said = request.text if request.text is not None else request.choice
    return TurnResult((BotMessage(f"bot: {said}"),), understood=Understood("echo", 1.0, fallback=False))


class ScriptedBot:
    """A bot that answers as its `answer` function says, and keeps the promise of the bot port.

    Asked again about a `message_id` it gives the same answer and runs nothing again: `runs` holds the turns that
    ran, `asked` every request. `before_answer` is awaited in each request, `failures` are raised one after the other
    before anything is answered, and a bot that `hangs` never answers.
    """

    def __init__(self, answer: Answer = echo) -> None:
        self.answer = answer
        self.asked: list[TurnRequest] = []
        self.runs: list[TurnRequest] = []
        self.failures: list[Exception] = []
        self.before_answer: Callable[[TurnRequest], Awaitable[None]] | None = None
        self.hangs = False
        self.down = False
        self._given: dict[str, TurnResult] = {}

    async def turn(self, request: TurnRequest, timeout_s: float) -> TurnResult:
        """Answer one message."""
        self.asked.append(request)
        if self.before_answer is not None:
            await self.before_answer(request)
        if self.hangs:
            await asyncio.Event().wait()
        if self.down:
            raise BotUnavailable("The bot is down.")
        if self.failures:
            raise self.failures.pop(0)
        if request.message_id not in self._given:
            self.runs.append(request)
            self._given[request.message_id] = self.answer(request)
        return self._given[request.message_id]

    async def ready(self) -> bool:
        """Tell whether it could answer."""
        return not (self.hangs or self.down)


class InterruptedStore:
    """A store in front of a real one that awaits `between` before and after each call on conversations and agents."""

    def __init__(self, store: Store, between: Callable[[str], Awaitable[None]]) -> None:
        self._store = store
        self._between = between

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._store, name)
        return _Interrupted(part, self._between) if name in ("conversations", "agents") else part


class _Interrupted:
    def __init__(self, port: Any, between: Callable[[str], Awaitable[None]]) -> None:
        self._port = port
        self._between = between

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if name == "watch":
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            await self._between(f"before {name}")
            result = await method(*arguments, **named)
            await self._between(f"after {name}")
            return result

        return call
