"""The gateway as a process of its own, with a real Redis and no Rasa."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from baton.settings import ROOT
from tests.e2e.system import free_port


@contextmanager
def gateway(home: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BATON_", "REDIS_URL"))}
    told = {f"BATON_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        (sys.executable, "-m", "baton.gateway_process"),
        cwd=ROOT,
        env={**kept, **told, "BATON_HOME": str(home), "BATON_CONFIG": os.devnull},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_it_serves_says_that_the_bot_is_missing_and_ends_when_told(tmp_path: Path, redis_url: str) -> None:
    port, inner = free_port(), free_port()
    addresses = {"turn_url": f"http://127.0.0.1:{free_port()}", "internal_url": f"http://127.0.0.1:{inner}"}
    with gateway(tmp_path, port=str(port), redis_url=redis_url, **addresses) as process:
        health = f"http://127.0.0.1:{port}/api/health"
        deadline = time.monotonic() + 20
        while not answers(health):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
        assert httpx.get(health, trust_env=False).json() == {"status": "degraded", "redis": True, "bot": False}
        assert httpx.get(f"http://127.0.0.1:{inner}/internal/availability", trust_env=False).status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0, process.communicate()[0]


def test_without_an_address_it_says_which(tmp_path: Path) -> None:
    with gateway(tmp_path) as process:
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert said == "The gateway is not told BATON_REDIS_URL; `baton run` starts it as it should be.\n"


def answers(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False, timeout=1).is_success
    except httpx.HTTPError:
        return False
