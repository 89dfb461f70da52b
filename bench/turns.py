"""Whole turns on the web path: from sending a message until the reply can be read on the customer's socket."""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import time
from contextlib import AsyncExitStack
from typing import Any

from websockets.asyncio.client import connect

from bench.figures import spread
from bench.http_client import Desk, Line, customer

FAQ = "How long does delivery take?"
_ids = itertools.count()


class Chat:
    """A customer with a socket open, who can measure how long an answer takes."""

    def __init__(self, base: str) -> None:
        self.base = base

    async def __aenter__(self) -> Chat:
        self.id, headers = await customer(self.base)
        self.headers = headers
        self._line = await Line(self.base, headers).__aenter__()
        self._socket = await connect(self.base.replace("http", "ws") + "/api/chat/ws?after=0")
        await self._socket.send(json.dumps({"token": headers["Authorization"].removeprefix("Bearer ")}))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await self._line.__aexit__()

    async def say(self, text: str, *, wanted: str = "bot") -> float:
        """Send `text`; returns the seconds until somebody who is `wanted` has answered."""
        began = time.perf_counter()
        body = {"client_msg_id": f"bench-{next(_ids)}", "text": text}
        status, answer, _ = await self._line.call("POST", "/api/chat/messages", body)
        if status != 202:
            raise RuntimeError(f"Not accepted: {status} {answer}")
        await self.hear(wanted, past=answer["seq"])
        return time.perf_counter() - began

    async def hear(self, wanted: str, past: int = 0) -> dict[str, Any]:
        """Return the next message of `wanted` past a seq."""
        async with asyncio.timeout(20):
            while True:
                frame = json.loads(await self._socket.recv())
                for entry in frame.get("entries", []):
                    if entry["kind"] == "message" and entry["author"] == wanted and entry["seq"] > past:
                        return dict(entry)


async def at_rate(base: str, before: list[str], timed: str, count: int, per_second: float) -> list[float]:
    """Time `timed` in `count` conversations, one starting each 1/`per_second` s, after each has said `before`.

    The starts follow the clock, not the answers, so a slow system builds a queue instead of slowing its customers.
    """
    async with AsyncExitStack() as stack:
        chats = [await stack.enter_async_context(Chat(base)) for _ in range(count)]
        for chat in chats:
            for message in before:
                await chat.say(message)
        began = time.perf_counter()

        async def start(chat: Chat, after: float) -> float:
            await asyncio.sleep(max(0.0, began + after - time.perf_counter()))
            return await chat.say(timed)

        return await asyncio.gather(*(start(chat, index / per_second) for index, chat in enumerate(chats)))


async def faq_turns(base: str, count: int, per_second: float) -> dict[str, float]:
    """Time FAQ turns."""
    return spread(await at_rate(base, ["hello"], FAQ, count, per_second))


async def order_turns(base: str, order: tuple[str, str], count: int, per_second: float) -> dict[str, float]:
    """Time the turn that tells an order's status to a customer who was verified a message before."""
    number, email = order
    question = f"Where is my order {number}?"
    return spread(await at_rate(base, [question, email], question, count, per_second))


async def human_turns(base: str, login: str, password: str, count: int) -> dict[str, float]:
    """Time an agent's replies: from sending one until the customer's socket has it."""
    async with Desk(base, login, password) as desk, Chat(base) as chat:
        await desk.call("PUT", "/presence", {"presence": "online"})
        await to_agent(chat, desk)
        times = []
        for number in range(count):
            began = time.perf_counter()
            body = {"client_msg_id": f"reply-{number}", "text": f"Reply {number}"}
            answer = await desk.call("POST", f"/conversations/{chat.id}/replies", body)
            await chat.hear("agent", past=answer["seq"] - 1)
            times.append(time.perf_counter() - began)
        return spread(times)


async def to_agent(chat: Chat, desk: Desk) -> None:
    """Insist on a person until the conversation waits, then claim it."""
    for _ in range(6):
        await chat.say("I want to talk to a person", wanted="bot")
        overview = await desk.call("GET", "/overview")
        if any(card["id"] == chat.id for card in overview["queue"] + overview["mine"]):
            await desk.call("POST", f"/conversations/{chat.id}/claim", {})
            return
    raise RuntimeError("The conversation did not reach the queue.")


async def long_conversation(base: str, turns: int) -> dict[str, float]:
    """Time the turns of one conversation at its beginning, its 100th and its last turn (medians of 15 around them)."""
    times = []
    async with Chat(base) as chat:
        for _ in range(turns):
            times.append(await chat.say(FAQ))

    def around(turn: int) -> float:
        part = times[max(0, turn - 8) : turn + 8] if turn > 1 else times[:15]
        return round(statistics.median(part) * 1000, 2)

    first, last = around(1), around(turns)
    return {
        "turn_1_ms": first,
        "turn_100_ms": around(min(100, turns)),
        f"turn_{turns}_ms": last,
        "last_to_first": round(last / first, 3),
    }
