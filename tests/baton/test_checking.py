"""`baton check` on the shipped project; Rasa's own validation runs in `make test`."""

from __future__ import annotations

import io
import os
from pathlib import Path

import redis

from baton.checking import check
from baton.redis_server import RunningRedis
from baton.terminal import Terminal
from tests.baton.needs import needs_rasa_half


def checked(home: Path, **environ: str) -> tuple[bool, str]:
    out = io.StringIO()
    told = {"PATH": os.environ["PATH"], "BATON_HOME": str(home), "BATON_CONFIG": os.devnull, **environ}
    return check(told, Terminal(out), quick=True), out.getvalue()


def test_the_shipped_project_is_in_order(tmp_path: Path) -> None:
    needs_rasa_half()
    good, said = checked(tmp_path)
    assert good, said
    assert [line.split()[0] for line in said.splitlines()] == ["settings", "Redis", "notices", "authors'"]
    assert "examples" in said


def test_a_misspelt_setting_is_found(tmp_path: Path) -> None:
    needs_rasa_half()
    good, said = checked(tmp_path, BATON_PROT="8081")
    assert not good
    assert "BATON_PROT is no setting (did you mean BATON_PORT?)" in said


def test_one_bad_setting_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    needs_rasa_half()
    good, said = checked(tmp_path, BATON_PORT="x")
    assert not good
    assert "BATON_PORT must be a whole number" in said
    assert "authors' files    ok" in said


def test_a_redis_that_may_lose_messages_is_found(tmp_path: Path, own_redis: RunningRedis) -> None:
    needs_rasa_half()
    good, said = checked(tmp_path, REDIS_URL=own_redis.url)
    assert good, said
    assert "Redis             ok: your own, which keeps every answered write" in said
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("appendfsync", "everysec")
    good, said = checked(tmp_path, REDIS_URL=own_redis.url)
    assert not good
    assert "Redis             NOT OK" in said
    assert "appendfsync everysec" in said
