"""The played WhatsApp (connectors/trial) in a process of its own, for the drain: it takes messages and counts them.

    python -m bench.platform TOKEN SECRET PEOPLE limited|unlimited

It prints its address; is told, by lines on its standard input, when to begin; and prints the summary of what it has
taken as JSON once it has taken one message for each of its people, and a second more has passed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

from bench.customers import phone
from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_world import Business
from handoff.clock import system_clock

_LOOK_S = 0.05
_LONGER_S = 1.0


async def play(token: str, secret: str, people: int, *, limited: bool, line: Callable[[], str]) -> None:
    """Play until every one of the people has got a message.

    Args:
        limited: whether it keeps the platform's limit of 80 messages a second, and reports each as sent and delivered.
        line: reads the address for webhooks.
    """
    api = FakeGraphApi(Business(token=token, app_secret=secret), reports=("sent", "delivered") if limited else ())
    api.world.limited = limited
    for number in range(people):
        # Everybody wrote just now; by number, for the platform looks through all of them.
        api.world.person(phone(number)).wrote_at = system_clock()
    async with api.running():
        print(api.url, flush=True)
        api.connect(await asyncio.to_thread(line))
        while len(api.sent) < people:  # noqa: ASYNC110 - the platform tells nobody what it took
            await asyncio.sleep(_LOOK_S)
        await asyncio.sleep(_LONGER_S)
        at = [sent.at for sent in api.sent]
        reached = {sent.customer.phone for sent in api.sent if sent.customer is not None}
        asked = sum(1 for call in api.calls if call.endswith("/messages"))
        told: dict[str, float] = {"taken": len(at), "refused": asked - len(at), "reached": len(reached)}
        told["seconds"] = (max(at) - min(at)) / 1000
        print(json.dumps(told), flush=True)
        await asyncio.to_thread(line)


if __name__ == "__main__":
    _, shown, app_secret, count, limits = sys.argv
    asyncio.run(
        play(shown, app_secret, int(count), limited=limits == "limited", line=lambda: sys.stdin.readline().strip())
    )
