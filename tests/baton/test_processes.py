"""What each process is told: what it needs, and no secret more."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from baton.failure import Failure
from baton.processes import must_be_free, programs, with_inner_addresses, with_redis
from baton.settings import Settings
from baton.settings_source import load, with_secrets
from baton.supervisor import Program
from connectors.listen import bind
from tests.baton.needs import needs_rasa_half
from tests.baton.rasa_half import variables_read


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    needs_rasa_half()
    return with_redis(with_inner_addresses(with_secrets(replace(Settings(), home=tmp_path))))


def by_name(settings: Settings) -> dict[str, Program]:
    environ = {"PATH": os.environ["PATH"], "BATON_PORT": "1", "BATON_STRAY": "x", "PYTHONPATH": "/elsewhere"}
    return {program.name: program for program in programs(settings, Path("model.tar.gz"), environ)}


def test_each_process_gets_the_secrets_it_needs_and_no_other(settings: Settings) -> None:
    listed = by_name(settings)
    secrets = {
        name: getattr(settings, f"{name}_secret") for name in ("session", "web_user", "turn", "actions", "internal")
    }
    known = {
        name: {secret for secret, value in secrets.items() if value in program.env.values()}
        for name, program in listed.items()
    }
    assert known == {
        "redis": set(),
        "actions": {"actions", "internal"},
        "rasa": {"actions", "turn"},
        "gateway": {"session", "web_user", "turn", "internal"},
    }
    assert not any(value in " ".join(program.argv) for program in listed.values() for value in secrets.values())


def test_the_rasa_half_is_told_every_setting_that_it_reads(settings: Settings) -> None:
    listed = by_name(replace(settings, tracker_ttl_seconds=86_400))
    assert listed["rasa"].env["BATON_TRACKER_TTL_SECONDS"] == "86400"
    # The program that runs the actions belongs to the room of the bot.
    assert "BATON_TURN_SECRET" in variables_read("bot") <= listed["rasa"].env.keys()
    assert "BATON_INTERNAL_URL" in variables_read("actions") <= listed["actions"].env.keys()


def test_stray_variables_of_ours_reach_nobody(settings: Settings) -> None:
    listed = by_name(settings)
    assert not any("BATON_STRAY" in program.env for program in listed.values())
    assert "PYTHONPATH" not in listed["rasa"].env
    assert "PATH" in listed["rasa"].env


def test_the_gateway_reads_back_the_very_settings(settings: Settings) -> None:
    told = replace(settings, port=4321, handoff_intents=("upset", "legal"), business_hours="Sat 10:00-12:00")
    read = load(by_name(told)["gateway"].env)
    assert replace(read, actions_secret=told.actions_secret) == told


def test_everything_waits_for_the_embedded_redis_and_for_nothing_with_one_s_own(settings: Settings) -> None:
    assert {name: program.after for name, program in by_name(settings).items()} == {
        "redis": (),
        "actions": ("redis",),
        "rasa": ("redis",),
        "gateway": ("redis",),
    }
    own = by_name(replace(settings, redis_url="redis://127.0.0.1:1/0"))
    assert {name: program.after for name, program in own.items()} == {"actions": (), "rasa": (), "gateway": ()}


def test_inner_addresses_are_on_loopback_and_differ(settings: Settings) -> None:
    inner = {settings.turn_url, settings.actions_url, settings.internal_url}
    assert len(inner) == 3
    assert all(address.startswith("http://127.0.0.1:") for address in inner)


def test_a_taken_port_is_one_sentence_that_says_how_to_choose_another() -> None:
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"can't listen on 127.0.0.1 port {port} .*BATON_PORT=8081"):
            must_be_free(replace(Settings(), port=port))
    must_be_free(replace(Settings(), port=port))
    with pytest.raises(Failure, match="can't listen on"):
        must_be_free(replace(Settings(), host="no such host"))
