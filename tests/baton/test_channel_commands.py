"""`baton channel` and `baton letters`, against a platform played on loopback and a real Redis."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from baton.cli import main
from connectors.trial.bot_api import BOT, TOKEN, FakeBotApi
from handoff.delivery import DeliveryReport, DeliveryStatus
from handoff.entry import Author, Entry, Kind
from handoff.model import Contact, Conversation
from handoff.store.redis_store import RedisStore

NOW = 1_795_428_000_000


@contextmanager
def played() -> Iterator[FakeBotApi]:
    """Run the played platform on a loop of its own: the command has one, too."""
    api, loop, ready, done = FakeBotApi(), asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def run() -> None:
        async with api.running():
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield api
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeBotApi]:
    with played() as api:
        told = {"HOME": str(tmp_path), "CHANNELS": "telegram", "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_URL": api.url}
        for name, value in told.items():
            monkeypatch.setenv(f"BATON_{name}", value)
        yield api


def test_check_says_what_is_missing_and_set_webhook_mends_it(
    telegram: FakeBotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_PUBLIC_URL", "https://chat.example.com")
    assert main(["channel", "check", "telegram"]) == 1
    assert "MISSING" in capsys.readouterr().out
    assert main(["channel", "set-webhook", "telegram"]) == 0
    assert "https://chat.example.com/webhooks/telegram" in capsys.readouterr().out
    assert main(["channel", "check", "telegram"]) == 0
    assert "MISSING" not in capsys.readouterr().out


def test_check_gives_advice_on_what_works_for_now(
    telegram: FakeBotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Goes red when advice is shown only beside what is missing: a token that expires would be noticed too late."""
    monkeypatch.setitem(BOT, "can_join_groups", True)
    main(["channel", "check", "telegram"])
    told = capsys.readouterr().out.splitlines()
    assert told[told.index("ok      People can add the bot to groups.") + 1].strip().endswith("choose Disable.")


def test_set_webhook_of_a_polled_channel_takes_the_webhook_away(
    telegram: FakeBotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["channel", "set-webhook", "telegram", "--url", "https://chat.example.com/webhooks/telegram"]) == 0
    monkeypatch.setenv("BATON_TELEGRAM_RECEIVE", "polling")
    assert main(["channel", "check", "telegram"]) == 1
    assert main(["channel", "set-webhook", "telegram"]) == 0
    assert main(["channel", "check", "telegram"]) == 0
    assert TOKEN not in capsys.readouterr().out


def test_a_webhook_needs_an_address_that_platforms_reach(
    telegram: FakeBotApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["channel", "set-webhook", "telegram"]) == 1
    assert "BATON_PUBLIC_URL" in capsys.readouterr().err


def test_a_channel_that_is_not_set_up_is_refused(telegram: FakeBotApi, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["channel", "check", "whatsapp"]) == 1
    assert "whatsapp is not set up" in capsys.readouterr().err


@pytest.fixture
def dead_letter(redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A message that was not delivered; the id of its conversation."""
    monkeypatch.setenv("BATON_REDIS_URL", redis_url)
    monkeypatch.setenv("BATON_HOME", str(tmp_path))

    async def fail(store: RedisStore) -> None:
        before = await store.conversations.open(Conversation("c_1", Contact("p_1"), "telegram", NOW))
        said = Entry(Kind.MESSAGE, Author.BOT, NOW, text="Your parcel is here.")
        await store.conversations.commit(before, before, (said,), NOW)
        parcel = await store.outbox.take("c_1", NOW, 60_000)
        assert parcel is not None
        report = DeliveryReport(DeliveryStatus.FAILED, NOW, "403", "They have blocked the bot.")
        await store.outbox.settle(parcel, 1, report, NOW)

    asyncio.run(_with_store(redis_url, fail))
    return "c_1"


async def _with_store(url: str, do: Callable[[RedisStore], Coroutine[Any, Any, Any]]) -> Any:
    store = RedisStore(url)
    try:
        return await do(store)
    finally:
        await store.close()


def test_letters_are_listed_and_sent_again(
    dead_letter: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["letters", "list"]) == 0
    listed = capsys.readouterr().out
    assert "c_1 1  telegram" in listed
    assert "403: 'Your parcel is here.'" in listed
    assert "They have blocked the bot." in listed
    assert main(["letters", "replay", dead_letter, "1"]) == 0
    page = asyncio.run(_with_store(redis_url, lambda store: store.conversations.read(dead_letter, 0)))
    assert page.entries[-1].text == "Your parcel is here."
    assert main(["letters", "list"]) == 0
    assert "Everything has been delivered" in capsys.readouterr().out


def test_a_letter_is_struck_once(dead_letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["letters", "drop", dead_letter, "1"]) == 0
    assert main(["letters", "drop", dead_letter, "1"]) == 1
    assert "no such dead letter" in capsys.readouterr().err
