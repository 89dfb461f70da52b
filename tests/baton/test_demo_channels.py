"""What `baton run --demo-channels` tells everybody, and when it refuses."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from baton.channels import channels_of
from baton.demo_channels import TOLD, demo_channels
from baton.demo_channels_process import _bot_api
from baton.failure import Failure
from baton.processes import programs, with_inner_addresses, with_redis
from baton.settings import Settings
from baton.settings_source import load, with_secrets
from baton.supervisor import Supervisor
from connectors.listen import bind
from tests.baton.needs import needs_rasa_half
from tests.e2e.system import free_port


class Quiet:
    """Hears how the start goes and says nothing."""

    def waiting(self, names: object, seconds: float) -> None: ...
    def ready(self, name: str, seconds: float) -> None: ...
    def say(self, sentence: str) -> None: ...


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return with_secrets(replace(Settings(), home=tmp_path, port=free_port()))


def test_real_channels_are_not_replaced(settings: Settings) -> None:
    with pytest.raises(Failure, match="the setting channels names telegram, whatsapp"):
        demo_channels(replace(settings, channels=("telegram", "whatsapp")))


def test_tokens_are_made_up_anew_each_time(settings: Settings) -> None:
    first, second = demo_channels(settings).settings, demo_channels(settings).settings
    for name in ("whatsapp_token", "whatsapp_app_secret", "telegram_token"):
        assert getattr(first, name) != getattr(second, name)
    assert first.channels == ("whatsapp", "telegram")


def test_the_page_is_at_the_next_port_or_at_a_free_one(settings: Settings) -> None:
    settings = replace(settings, port=free_port() - 1)
    assert demo_channels(settings).page == f"http://127.0.0.1:{settings.port + 1}"
    with bind("127.0.0.1", settings.port + 1) as taken:
        taken.listen()
        assert demo_channels(settings).page != f"http://127.0.0.1:{settings.port + 1}"
    assert demo_channels(replace(settings, port=65535)).page.startswith("http://127.0.0.1:")


def test_the_played_platforms_get_their_own_secrets_and_no_other(settings: Settings) -> None:
    needs_rasa_half()
    demo = demo_channels(settings)
    told = with_redis(with_inner_addresses(demo.settings))
    listed = {program.name: program for program in programs(told, Path("model.tar.gz"), {"BATON_STRAY": "x"}, demo)}
    assert {name for name in listed["played"].env if name.startswith("BATON_")} == {
        "BATON_CONFIG",
        *(f"BATON_{name.upper()}" for name in TOLD),
    }
    assert not any(getattr(told, name) in " ".join(listed["played"].argv) for name in TOLD if "token" in name)
    assert load(listed["gateway"].env).telegram_token == demo.settings.telegram_token
    assert "played" in listed["gateway"].after


def test_ids_of_telegram_begin_where_no_earlier_run_has_been(settings: Settings) -> None:
    began = int(time.time())
    bot = _bot_api(settings)
    assert bot.next_id() >= began
    bot.post.put("message", {})
    assert bot.post.waiting[0]["update_id"] >= began * 1000


async def test_the_process_plays_both_platforms_and_the_page(settings: Settings, tmp_path: Path) -> None:
    needs_rasa_half()
    demo = demo_channels(settings)
    told = replace(with_inner_addresses(demo.settings), redis_url="redis://127.0.0.1:1")
    played = [program for program in programs(told, Path("x"), {}, demo) if program.name == "played"]
    async with Supervisor(played, tmp_path / "log", Quiet()).running(), httpx.AsyncClient(trust_env=False) as http:
        assert "Played phones" in (await http.get(demo.page)).text
        for name, channel in channels_of(demo.settings, {}).items():
            findings = await channel.check(f"{demo.settings.address}/webhooks/{name}")
            assert [finding.advice for finding in findings if not finding.well] == []
            await channel.close()
