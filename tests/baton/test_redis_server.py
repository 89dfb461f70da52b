"""The embedded Redis: private, durable, one to a folder, and gone when it is told to go."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from baton.failure import Failure
from baton.redis_server import executable, redis_server
from baton.settings import ROOT


@pytest.fixture
def home() -> Iterator[Path]:
    """A BATON_HOME with a short path."""
    with tempfile.TemporaryDirectory(prefix="baton-test-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def _needs_redis() -> None:
    try:
        executable()
    except Failure as failure:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"needs a real Redis: {failure.message}")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_answers_on_a_socket_that_only_its_user_reaches(home: Path) -> None:
    server = redis_server(home)
    assert not server.answers()
    with server.running() as running:
        assert server.answers()
        assert running.url == server.url == f"unix://{home}/redis/redis.sock"
        assert mode(server.socket) == 0o700
        assert mode(server.folder) == 0o700
    assert not server.answers()


def test_its_folder_may_have_any_name(home: Path) -> None:
    server = redis_server(home / "50% of a café?#")
    with server.running(), redis.Redis.from_url(server.url) as client:
        assert client.ping()


def test_it_keeps_everything_and_throws_nothing_away(home: Path) -> None:
    with redis_server(home).running() as running, redis.Redis.from_url(running.url, decode_responses=True) as client:
        told = {
            name: client.config_get(name)[name] for name in ("appendonly", "appendfsync", "maxmemory-policy", "port")
        }
    assert told == {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "port": "0"}


def test_another_fsync_can_be_asked_for(home: Path) -> None:
    server = redis_server(home, appendfsync="everysec")
    with server.running() as running, redis.Redis.from_url(running.url, decode_responses=True) as client:
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}


def test_what_it_answered_survives_being_killed(home: Path) -> None:
    server = redis_server(home)
    for number in range(3):
        running = server.start()
        with redis.Redis.from_url(running.url) as client:
            assert client.llen("log") == number
            client.rpush("log", number)
        running.kill()
    with server.running(), redis.Redis.from_url(server.url, decode_responses=True) as client:
        assert client.lrange("log", 0, -1) == ["0", "1", "2"]


def test_a_second_one_in_the_same_folder_is_refused(home: Path) -> None:
    with redis_server(home).running() as running:
        with pytest.raises(Failure, match="Another Redis already works"):
            redis_server(home).start()
        with redis.Redis.from_url(running.url) as client:
            assert client.ping()


def test_a_folder_with_a_long_path_still_gets_a_socket(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    server = redis_server(deep)
    try:
        assert len(os.fsencode(server.socket)) <= 100
        assert redis_server(deep).socket == server.socket
        assert mode(server.socket.parent) == 0o700
        with server.running():
            assert server.answers()
            assert (deep / "redis" / "appendonly.aof").exists()
    finally:
        server.socket.parent.rmdir()


def test_a_folder_that_is_not_ours_to_use_is_refused(home: Path) -> None:
    (home / "redis").symlink_to(home)
    with pytest.raises(Failure, match="not a folder of yours"):
        redis_server(home)
    (home / "file").write_text("")
    with pytest.raises(Failure, match="can't be made"):
        redis_server(home / "file")


def test_one_that_cannot_start_says_where_to_look(home: Path) -> None:
    server = redis_server(home)
    (server.folder / "appendonly.aof").write_text("not an append-only file")
    with pytest.raises(Failure, match=r"redis\.log"):
        server.start()
    assert "AOF" in (server.folder / "redis.log").read_text() or "append" in (server.folder / "redis.log").read_text()


async def test_it_can_be_asked_without_holding_up_the_event_loop(home: Path) -> None:
    server = redis_server(home)
    assert not await server.ready()
    with server.running():
        assert await server.ready()


def test_it_dies_with_the_process_that_started_it(home: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from baton.redis_server import redis_server;"
        "print(redis_server(Path(sys.argv[1])).start().pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    started = subprocess.run((sys.executable, "-c", script, str(home)), cwd=ROOT, capture_output=True, text=True)
    stat = Path(f"/proc/{int(started.stdout)}/stat")
    deadline = time.monotonic() + 5
    while stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z":
        assert time.monotonic() < deadline, "the server outlives its parent"
        time.sleep(0.01)
