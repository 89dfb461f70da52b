"""How many messages a second the gateway accepts durably while nothing else runs.

The conversations are with an agent, so no turn of the bot competes: what is measured is parse, check,
append, fsync, answer.
"""

from __future__ import annotations

import asyncio
import time

from bench.figures import spread
from bench.http_client import Desk, Line
from bench.turns import Chat, to_agent


async def accepted_per_second(
    base: str, login: str, password: str, *, connections: int, seconds: float
) -> dict[str, float]:
    """Send as fast as answers come over `connections` connections for `seconds`."""
    async with Desk(base, login, password) as desk:
        headers = []
        for _ in range(connections):
            async with Chat(base) as chat:
                await to_agent(chat, desk)
                headers.append(chat.headers)
    times: list[float] = []
    stop = time.perf_counter() + seconds

    async def send(number: int) -> None:
        async with Line(base, headers[number % len(headers)]) as line:
            count, last = 0, None
            while time.perf_counter() < stop:
                began = time.perf_counter()
                body = {"client_msg_id": f"load-{number}-{count}", "text": "Is the blanket still there?"}
                status, answer, _ = await line.call("POST", "/api/chat/messages", body)
                if status != 202:
                    raise RuntimeError(f"Not accepted: {status} {answer}")
                # Nobody else writes there, so a message that was answered for and not kept would leave a gap.
                if last is not None and answer["seq"] != last + 1:
                    raise RuntimeError(f"The log has {answer['seq']} after {last}.")
                last = answer["seq"]
                times.append(time.perf_counter() - began)
                count += 1

    began = time.perf_counter()
    await asyncio.gather(*(send(number) for number in range(connections)))
    return {
        "per_second": round(len(times) / (time.perf_counter() - began)),
        "connections": connections,
        **spread(times),
    }
