"""A look at a Redis of the user's own: the real server, with settings that keep its promises and with others."""

from __future__ import annotations

import io

import pytest
import redis

from baton.failure import Failure
from baton.redis_promises import Keeping, look_at, warn_of
from baton.redis_server import RunningRedis
from baton.terminal import Terminal


def set_up(server: RunningRedis, **settings: str) -> None:
    with redis.Redis.from_url(server.url) as client:
        for name, value in settings.items():
            client.config_set(name.replace("_", "-"), value)


def test_a_redis_that_keeps_everything_raises_no_word(own_redis: RunningRedis) -> None:
    assert look_at(own_redis.url) == Keeping()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"appendonly": "no"}, "a crash loses what customers wrote since its last snapshot"),
        ({"appendfsync": "everysec"}, "loses up to a second of messages that were accepted"),
        ({"appendfsync": "no"}, "loses up to half a minute or more of messages that were accepted"),
        ({"maxmemory_policy": "allkeys-lru"}, "when its memory is full it throws data of Baton away"),
        ({"maxmemory_policy": "volatile-ttl"}, "when its memory is full it throws data of Baton away"),
    ],
)
def test_each_setting_that_could_lose_what_was_accepted_is_a_sentence(
    own_redis: RunningRedis, settings: dict[str, str], sentence: str
) -> None:
    set_up(own_redis, **settings)
    (risk,) = look_at(own_redis.url).risks
    assert sentence in risk
    assert risk.endswith(".")


def test_several_risks_are_each_said(own_redis: RunningRedis) -> None:
    set_up(own_redis, appendfsync="everysec", maxmemory_policy="allkeys-random")
    assert len(look_at(own_redis.url).risks) == 2


def test_a_redis_that_forbids_config_is_said_not_to_be_looked_at(own_redis: RunningRedis) -> None:
    with redis.Redis.from_url(own_redis.url) as client:
        client.execute_command("ACL", "SETUSER", "managed", "on", ">canary", "~*", "&*", "+@all", "-config")
    keeping = look_at(f"{own_redis.url}?username=managed&password=canary")
    assert keeping.risks == ()
    (unseen,) = keeping.unseen
    assert "appendonly, appendfsync, maxmemory-policy" in unseen
    assert "canary" not in unseen


def test_at_start_each_finding_is_a_warning(own_redis: RunningRedis) -> None:
    set_up(own_redis, appendonly="no", maxmemory_policy="allkeys-lru")
    out = io.StringIO()
    warn_of(own_redis.url, Terminal(out))
    assert [line.split(":")[0].strip() for line in out.getvalue().splitlines()] == ["Warning", "Warning"]


@pytest.mark.parametrize("query", ["", "?username=nobody&password=canary"])
def test_a_redis_that_does_not_answer_is_a_failure_that_repeats_no_password(
    own_redis: RunningRedis, query: str
) -> None:
    if not query:
        own_redis.kill()
    with pytest.raises(Failure, match="does not answer") as failure:
        look_at(own_redis.url + query)
    assert "canary" not in failure.value.message
