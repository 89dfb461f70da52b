"""Starting the bot: what it needs, what it says when that is missing, what it does without."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.conftest import ROOT, Bot, Customer, RedisServer, free_port

ENDPOINTS = (ROOT / "endpoints.yml").read_text()


def refusal(module: str, *arguments: str | Path, **environment: str) -> str:
    """The last words of a program that has to end with exit code 2."""
    ended = subprocess.run(
        [sys.executable, "-m", module, *(str(argument) for argument in arguments)],
        cwd=ROOT,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("BATON_")}, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr.splitlines()[-1]


def test_without_a_model_it_says_how_to_get_one(tmp_path: Path) -> None:
    assert "baton train" in refusal("bot.run", "--model", tmp_path)


def test_without_a_turn_secret_it_does_not_start(model: Path) -> None:
    assert "BATON_TURN_SECRET" in refusal("bot.run", "--model", model, BATON_REDIS_URL="redis://127.0.0.1:1")


def test_without_redis_it_does_not_start(model: Path) -> None:
    assert "BATON_REDIS_URL" in refusal("bot.run", "--model", model, BATON_TURN_SECRET="x")


@pytest.mark.parametrize(
    "wrong",
    [
        ENDPOINTS.replace("AppendingTrackerStore", "ApendingTrackerStore"),
        ENDPOINTS.replace("bot.tracker_store", "bot.trackerstore"),
        ENDPOINTS.replace("tracker_store:", "tracker_stores:"),
    ],
)
def test_a_misspelt_tracker_store_is_noticed_and_not_replaced_by_memory(
    model: Path, tmp_path: Path, wrong: str
) -> None:
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(wrong)
    said = refusal(
        *("bot.run", "--model", model, "--endpoints", endpoints),
        BATON_TURN_SECRET="x",
        BATON_REDIS_URL="redis://127.0.0.1:1",
    )
    assert "InMemoryTrackerStore" in said
    assert "bot.tracker_store.AppendingTrackerStore" in said


def test_the_action_server_does_not_start_without_a_secret() -> None:
    assert "BATON_ACTIONS_SECRET" in refusal("bot.run_actions", "--actions", "actions_under_test")


def test_it_runs_without_tensorflow_on_loopback_only_and_prints_only_that_it_is_ready(bot: Bot) -> None:
    assert bot.bot is not None
    pid = bot.bot.popen.pid
    assert "tensorflow" not in Path(f"/proc/{pid}/maps").read_text()
    listening = [
        line.split()[1]
        for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{bot.port:04X}")
    ]
    assert listening == [f"0100007F:{bot.port:04X}"]
    assert (bot.folder / "bot.log").read_text().splitlines()[0] in {"ready", "fatal: bad revision 'HEAD'"}


@pytest.fixture
def lone_bot(model: Path, redis_server: RedisServer, tmp_path: Path) -> Iterator[Bot]:
    """A bot with a redis-server of its own."""
    redis = RedisServer(redis_server.executable, tmp_path)
    redis.start()
    running = Bot(model, tmp_path, redis, port=free_port())
    running.start_actions()
    running.start_bot()
    yield running
    assert running.bot is not None
    assert running.actions is not None
    running.bot.stop()
    running.actions.stop()
    redis.stop()


def test_redis_going_away_is_a_503_and_nothing_is_forgotten_when_it_is_back(lone_bot: Bot) -> None:
    customer = Customer(lone_bot)
    first = customer.turn("m1", text="hello")
    lone_bot.redis.stop()
    assert customer.try_turn("m1", text="hello")[0] == 503
    assert customer.try_turn("m2", text="when are you open")[0] == 503
    status, health = lone_bot.request("GET", "/webhooks/baton/health")
    assert (status, health["error"]["code"]) == (503, "store_unavailable")
    lone_bot.redis.start()
    assert customer.turn("m1", text="hello") == first
    assert customer.says("when are you open", "m2") == ["We are open from nine to five."]
    assert lone_bot.request("GET", "/webhooks/baton/health")[0] == 200


def test_a_killed_bot_remembers_after_it_is_started_again(lone_bot: Bot) -> None:
    customer = Customer(lone_bot)
    customer.says("I want to send something back")
    answer = customer.turn("m1", text="10234")
    assert lone_bot.bot is not None
    lone_bot.bot.stop(by=signal.SIGKILL)
    lone_bot.start_bot()
    assert customer.turn("m1", text="10234") == answer
    assert json.dumps(answer["slots"]) == '{"language": "en", "language_written": "en", "order_number": "10234"}'


def test_a_stop_signal_ends_it_cleanly(lone_bot: Bot) -> None:
    assert lone_bot.bot is not None
    lone_bot.bot.stop()
    assert lone_bot.bot.popen.returncode == 0
