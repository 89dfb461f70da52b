"""The processes behind `baton run`: what dies comes back, a second start is refused, and all ends at Ctrl-C."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.baton.needs import needs_rasa_half
from tests.e2e.system import System

pytestmark = pytest.mark.e2e


def test_a_second_start_on_the_same_home_is_refused_in_one_sentence(system: System) -> None:
    again = system.baton("run")
    assert again.returncode == 1
    assert again.stderr.startswith("baton: Baton already runs on ")
    assert len(again.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_said_in_one_sentence(system: System, tmp_path: Path) -> None:
    elsewhere = System(tmp_path, system.port, {**system.environ, "BATON_HOME": str(tmp_path)}, system.process)
    asked = elsewhere.baton("run")
    assert asked.returncode == 1
    assert f"can't listen on 127.0.0.1 port {system.port}" in asked.stderr
    assert len(asked.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("word", "name"), [("bot.run", "rasa"), ("gateway_process", "gateway"), ("redis-server", "redis")]
)
def test_a_process_that_is_killed_comes_back_and_nothing_is_lost(system: System, word: str, name: str) -> None:
    with system.customer() as customer:
        customer.write("how long does delivery take?")
        customer.hears("bot", "working days")
        before = system.children()[word]
        said = system.output.count(f"{name:<9}ready")
        os.kill(before, signal.SIGKILL)
        system.wait_for(f"{name} ended (signal SIGKILL)")
        system.until(lambda: system.output.count(f"{name:<9}ready") > said, 60)
        assert system.children()[word] != before
        told = len(customer.seen)
        customer._last = 0
        assert len(customer.more()) == told


def test_everything_ends_at_ctrl_c_and_secrets_are_private(tmp_path: Path) -> None:
    needs_rasa_half()
    with System.running(tmp_path) as system:
        pids = system.children()
        assert sorted(pids) == ["bot.run", "bot.run_actions", "gateway_process", "redis-server"]
    assert system.process.returncode == 0
    assert "Everything has ended." in system.output
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "secrets").iterdir())


def test_logs_hold_nothing_that_a_customer_wrote(system: System) -> None:
    with system.customer() as customer:
        customer.write("canary-7 my mail is canary@example.com and my phone +45 32 99 99 99")
        customer.until(lambda entry: entry["author"] in ("bot", "system"))
    logs = "".join(file.read_text(errors="replace") for file in (system.home / "log").iterdir())
    assert logs
    assert "canary" not in logs
    assert "32 99" not in logs


def test_a_bot_that_hangs_is_said_so_and_a_person_is_asked_for_within_ten_seconds(system: System) -> None:
    with system.customer() as customer:
        customer.write("hello")
        customer.hears("bot")
        rasa = system.children()["bot.run"]
        os.kill(rasa, signal.SIGSTOP)
        try:
            began = time.monotonic()
            customer.write("how long does delivery take?")
            customer.hears("system", "passing you on to a colleague")
            customer.newest(lambda entry: entry.get("owner") == "queue")
            assert time.monotonic() - began < 10
        finally:
            os.kill(rasa, signal.SIGCONT)
        customer.newest(lambda entry: bool(entry.get("buttons")))
        customer.press("Back to assistant")
        customer.hears("system", "talking to the assistant again")
        customer.write("how long does delivery take?")
        customer.hears("bot", "working days")
