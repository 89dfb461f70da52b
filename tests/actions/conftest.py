"""The trained bot, and a conversation with it, for the tests of what the bot can do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from actions.shop.clock import utc_now
from actions.shop.demo import make_demo

if TYPE_CHECKING:
    from bot.agent import TurnAgent
    from tests.actions.talking import Talk

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """Rasa logs whole trackers at DEBUG, which is structlog's default."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine decides a test."""
    for name in [name for name in os.environ if name.startswith("BATON_") and name != "BATON_TEST_MODEL"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One event loop for the bot and everything it talks to."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def bot(loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory) -> TurnAgent:
    """The bot, trained from the project's own files; BATON_TEST_MODEL names a model to use instead."""
    from tests.actions.talking import load_bot

    return load_bot(Path(os.environ.get("BATON_TEST_MODEL") or _train(tmp_path_factory.mktemp("model"))))


def _train(folder: Path) -> str:
    import rasa

    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    result = rasa.train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(ROOT / "data")],
        output=str(folder),
        force_training=True,
    )
    assert result.model is not None, "the project's files can't be trained"
    return str(result.model)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop's file, to be copied."""
    path = tmp_path_factory.mktemp("demo") / "shop.sqlite3"
    make_demo(path, utc_now)
    return path


@pytest.fixture
def talk(bot: TurnAgent, demo: Path, loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Talk]:
    """A new conversation, with a fresh demo shop and an open gateway."""
    from tests.actions.talking import talking

    with talking(bot, demo, tmp_path, loop) as talk:
        yield talk
