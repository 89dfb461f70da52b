"""Promise 1: a message answered with 2xx is kept once and in order, whatever process is killed with `kill -9`.

Promise 7 comes along: when the dust has settled, every customer has an answer or is in the queue.
Guards taken out to see this go red: see docs/promises.md.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.baton.needs import needs_rasa_half
from tests.e2e.history import broken_promises
from tests.e2e.system import System

pytestmark = pytest.mark.e2e

CUSTOMERS = 8
PAUSE_S = 0.02
KILLS = ("gateway_process", "bot.run", "gateway_process", "bot.run_actions") * 2
SEED = 7
SETTLED_S = 90


@pytest.fixture
def fragile() -> Iterator[System]:
    """A Baton of the test's own, whose processes are killed."""
    needs_rasa_half()
    with (
        tempfile.TemporaryDirectory(prefix="baton-kills-") as home,
        System.running(Path(home), BATON_MESSAGES_PER_MINUTE="100000") as running,
    ):
        yield running


def test_the_checker_sees_loss_doubling_and_disorder() -> None:
    assert broken_promises(["a", "b"], ["a", "b", "c"], ["a", "b", "c"]) == []
    assert broken_promises(["a", "b"], ["a", "b"], ["a"]) == ["b was acknowledged and is lost"]
    assert broken_promises(["a"], ["a"], ["a", "a"])[0] == "a is kept 2 times"
    assert broken_promises(["a", "b"], ["a", "b"], ["b", "a"])[0].startswith("the order is")
    assert broken_promises([], [], ["x"]) == ["x was never sent"]


async def test_acknowledged_messages_survive_the_kill_of_any_process(fragile: System) -> None:
    """Customers write throughout; 8 customers, 8 kills."""
    chance = random.Random(SEED)
    async with httpx.AsyncClient(base_url=fragile.address, timeout=30, trust_env=False) as http:
        tokens = [await open_chat(http) for _ in range(CUSTOMERS)]
        over = asyncio.Event()
        talks = [asyncio.create_task(talk(http, token, over)) for token in tokens]
        for name in KILLS:
            await asyncio.sleep(chance.uniform(0.2, 1.0))
            await kill(fragile, name)
        over.set()
        for token, sent in zip(tokens, await asyncio.gather(*talks), strict=True):
            log = await settled(http, token)
            theirs = [entry["client_msg_id"] for entry in log if entry["author"] == "contact"]
            assert broken_promises(sent, sent, theirs) == []


async def open_chat(http: httpx.AsyncClient) -> dict[str, str]:
    answer = await http.post("/api/chat/sessions", json={"language": "en"})
    assert answer.status_code == 201
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def talk(http: httpx.AsyncClient, token: dict[str, str], over: asyncio.Event) -> list[str]:
    """Send messages until the kills are over, each again under its id until it is acknowledged; returns their ids."""
    sent: list[str] = []
    while not over.is_set():
        sent.append(f"m{len(sent)}")
        body = {"client_msg_id": sent[-1], "text": f"how long does delivery take, question {len(sent)}"}
        while True:
            with suppress(httpx.TransportError):
                answer = await http.post("/api/chat/messages", json=body, headers=token)
                assert answer.status_code in (202, 503), answer.text
                if answer.status_code == 202:
                    break
            await asyncio.sleep(0.05)
        await asyncio.sleep(PAUSE_S)
    return sent


async def kill(system: System, name: str) -> None:
    """Kill a process, once it is there."""
    while name not in system.children():
        await asyncio.sleep(0.05)
    with suppress(ProcessLookupError):
        os.kill(system.children()[name], signal.SIGKILL)


async def settled(http: httpx.AsyncClient, token: dict[str, str]) -> list[dict[str, Any]]:
    """Return the log once the last message has had its answer, or the conversation waits for a person."""
    deadline = time.monotonic() + SETTLED_S
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            log = await whole_log(http, token)
            last = max((entry["seq"] for entry in log if entry["author"] == "contact"), default=0)
            owners = [entry["owner"] for entry in log if entry["kind"] == "owner"]
            answered = any(entry["seq"] > last and entry["author"] != "contact" for entry in log)
            if answered or owners[-1:] == ["queue"]:
                return log
        await asyncio.sleep(0.2)
    raise AssertionError("a customer's last message was never dealt with")


async def whole_log(http: httpx.AsyncClient, token: dict[str, str]) -> list[dict[str, Any]]:
    """Return what the customer sees from the first entry on; a long log comes in several stretches."""
    log: list[dict[str, Any]] = []
    after = -1
    while True:
        answer = await http.get("/api/chat/events", params={"after": max(after, 0), "wait": 0}, headers=token)
        if answer.status_code != 200 or answer.json()["last_seq"] == after:
            return log
        after = answer.json()["last_seq"]
        log += answer.json()["entries"]
