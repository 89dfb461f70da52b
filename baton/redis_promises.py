"""Whether a Redis of the user's own keeps what Baton promises: nothing accepted is lost, nothing kept is evicted.

The embedded Redis is started with the right settings (`baton.redis_server`); this looks at another one and only reads.
"""

from __future__ import annotations

from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from baton.failure import Failure
from baton.terminal import Terminal

_PATIENCE_S = 2.0
_LOOKED_AT = ("appendonly", "appendfsync", "maxmemory-policy")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a look at a Redis found: a sentence for each promise at risk, and for what could not be looked at."""

    risks: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


def look_at(redis_url: str) -> Keeping:
    """Look at how a Redis keeps its data.

    Args:
        redis_url: its address, which may hold a password and is therefore never repeated.

    Raises:
        Failure: it does not answer, or refuses the password.
    """
    try:
        client = redis.Redis.from_url(
            redis_url,
            decode_responses=True,
            socket_timeout=_PATIENCE_S,
            socket_connect_timeout=_PATIENCE_S,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            client.ping()
            found = {name: _setting(client, name) for name in _LOOKED_AT}
        finally:
            client.close()
    except (redis.RedisError, OSError, ValueError):
        raise Failure(
            "Your Redis (REDIS_URL) does not answer; start it, correct the address or password, or leave it empty."
        ) from None
    return Keeping(_risks(found), _unseen(found))


def warn_of(redis_url: str, terminal: Terminal) -> None:
    """Say at start what a Redis puts at risk; raises as `look_at` does."""
    keeping = look_at(redis_url)
    for sentence in (*keeping.risks, *keeping.unseen):
        terminal.say(f"  Warning: {sentence}")


def _setting(client: redis.Redis, name: str) -> str | None:
    """Return a setting of the server, None where it may not be asked; a managed Redis often forbids CONFIG."""
    try:
        return str(client.config_get(name)[name])
    except (redis.ResponseError, KeyError):
        return None


def _risks(found: dict[str, str | None]) -> tuple[str, ...]:
    sentences = []
    if found["appendonly"] == "no":
        sentences.append(
            "Your Redis has appendonly no: a crash loses what customers wrote since its last snapshot; "
            "set appendonly yes and appendfsync always."
        )
    elif (sync := found["appendfsync"]) not in ("always", None):
        lost = "a second" if sync == "everysec" else "half a minute or more"
        sentences.append(
            f"Your Redis has appendfsync {sync}: a crash loses up to {lost} of messages that were accepted; "
            "set appendfsync always."
        )
    if (policy := found["maxmemory-policy"]) not in ("noeviction", None):
        sentences.append(
            f"Your Redis has maxmemory-policy {policy}: when its memory is full it throws data of Baton away; "
            "set maxmemory-policy noeviction."
        )
    return tuple(sentences)


def _unseen(found: dict[str, str | None]) -> tuple[str, ...]:
    names = [name for name, value in found.items() if value is None]
    if not names:
        return ()
    return (
        f"Your Redis does not let Baton look at {', '.join(names)} (it forbids CONFIG GET); make sure that it has "
        "appendonly yes, appendfsync always and maxmemory-policy noeviction.",
    )
