"""The one place that speaks to Redis: commands, scripts and wake-ups, and every failure as `StoreUnavailable`."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError, ResponseError

from handoff.errors import InvalidInput, StoreUnavailable

log = logging.getLogger(__name__)

Argument = str | int
Command = tuple[Argument, ...]
Call = tuple[Sequence[str], Sequence[Argument]]
"""The keys and arguments of a script."""

_LUA = Path(__file__).parent / "lua"
_USES = re.compile(r"^-- uses +(\w+)$", re.MULTILINE)
_SILENCE_S = 10.0  # a channel that says nothing for so long is asked whether it is still there
_RETRY_S = (0.05, 0.1, 0.25, 0.5, 1.0)  # waits before subscribing again; the last one stays


class RedisLink:
    """Connections to one Redis.

    Nothing is ever sent twice: a call that got no answer may have happened, and only its caller knows whether repeating
    it is safe.

    Args:
        url: redis://, rediss:// or unix://.
        timeout_s: seconds after which a call is given up, waiting for a connection included.
        connections: how many calls may be under way at once.

    Raises:
        InvalidInput: the address is not one of Redis.
    """

    def __init__(self, url: str, *, timeout_s: float = 1.8, connections: int = 64) -> None:
        self.timeout_s = timeout_s
        self._free = asyncio.Semaphore(connections)
        self._works = True
        self._scripts = {path.stem: _Script(_whole(path)) for path in _LUA.glob("*.lua")}
        try:
            self._client = Redis.from_url(
                url,
                protocol=2,
                decode_responses=True,
                encoding_errors="surrogatepass",
                retry=Retry(NoBackoff(), 0),
                # `_exchange` keeps the time: two clocks over one call end it late, or end what comes after it.
                socket_timeout=None,
                socket_connect_timeout=None,
                driver_info=None,
            )
        except ValueError as error:
            raise InvalidInput("REDIS_URL must begin with redis://, rediss:// or unix://.") from error

    async def call(self, *command: Argument) -> Any:
        """Run one command."""
        async with self._exchange() as client:
            return await client.execute_command(*command)  # type: ignore[no-untyped-call]

    async def together(self, commands: Sequence[Command]) -> list[Any]:
        """Run commands in one round trip; they are not one atomic step."""
        if not commands:
            return []
        async with self._exchange() as client:
            pipeline = client.pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)
            return await pipeline.execute()

    async def script(self, name: str, keys: Sequence[str], *arguments: Argument) -> Any:
        """Run the atomic operation of lua/<name>.lua."""
        script = self._scripts[name]
        async with self._exchange() as client:
            try:
                return await client.evalsha(script.sha, len(keys), *keys, *arguments)
            except NoScriptError:  # a new or restarted server, which has run nothing yet
                return await client.eval(script.text, len(keys), *keys, *arguments)

    async def reads(self, name: str, calls: Sequence[Call]) -> list[Any]:
        """Run lua/<name>.lua, which changes nothing, for each call in one round trip.

        Each is an atomic step of its own; one that Redis refuses has its error as the answer.
        """
        script = self._scripts[name]
        async with self._exchange() as client:
            pipeline = client.pipeline(transaction=False)
            for keys, arguments in calls:
                pipeline.execute_command("EVALSHA", script.sha, len(keys), *keys, *arguments)
            answers = await pipeline.execute(raise_on_error=False)
            if any(isinstance(answer, NoScriptError) for answer in answers):  # a server that has run nothing yet
                await client.script_load(script.text)
                for keys, arguments in calls:
                    pipeline.execute_command("EVALSHA", script.sha, len(keys), *keys, *arguments)
                answers = await pipeline.execute(raise_on_error=False)
            if answers and all(isinstance(answer, RedisError) for answer in answers):
                raise answers[0]  # it is not about one call
            return answers

    async def listen(self, channel: str) -> AsyncGenerator[str | None, None]:
        """Yield what is published from now on; None first, and after every lost connection."""
        attempt = 0
        while True:
            try:
                async with aclosing(self._client.pubsub()) as subscription:
                    await self._subscribe(subscription, channel)
                    attempt = 0
                    yield None
                    async with aclosing(self._heard(subscription)) as heard:
                        async for text in heard:
                            yield text
            except (RedisError, OSError) as error:
                self._note_failure(error)
            await asyncio.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
            attempt += 1

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    @asynccontextmanager
    async def _exchange(self) -> AsyncIterator[Redis]:
        try:
            async with asyncio.timeout(self.timeout_s), self._free:
                yield self._client
        except (RedisError, OSError) as error:
            self._note_failure(error)
            raise StoreUnavailable("The store does not answer; try again in a moment.") from error
        if not self._works:
            self._works = True
            log.info("Redis works again.")

    def _note_failure(self, error: Exception) -> None:
        """Say once per outage what is wrong; a plain refusal begins with Redis's own word for it (such as MISCONF)."""
        if not self._works:
            return
        self._works = False
        what = str(error).split(" ", 1)[0] if type(error) is ResponseError else type(error).__name__
        log.error("Redis fails (%s); requests get 503 until it works again.", what)

    async def _subscribe(self, subscription: PubSub, channel: str) -> None:
        async with asyncio.timeout(self.timeout_s):
            await subscription.subscribe(channel)
            while await self._next(subscription, self.timeout_s) is None:
                pass

    async def _heard(self, subscription: PubSub) -> AsyncGenerator[str, None]:
        while True:
            message = await self._next(subscription, _SILENCE_S)
            if message is None:
                await subscription.ping()
                message = await self._next(subscription, self.timeout_s)
                if message is None:
                    raise TimeoutError("The subscription is silent.")
            if message["type"] == "message":
                yield message["data"]

    async def _next(self, subscription: PubSub, timeout_s: float) -> Mapping[str, Any] | None:
        message: Mapping[str, Any] | None = await subscription.get_message(timeout=timeout_s)
        return message


class _Script:
    """A Lua script and the digest by which a server that has run it knows it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def _whole(path: Path) -> str:
    """Return a script with what it shares with others (`-- uses NAME`) put in, for Redis knows no libraries."""

    def shared(line: re.Match[str]) -> str:
        return (_LUA / "shared" / f"{line[1]}.lua").read_text("utf-8")

    return _USES.sub(shared, path.read_text("utf-8"))
