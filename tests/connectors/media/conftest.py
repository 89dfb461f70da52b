"""Stores for tests: a local directory, and a bucket of a real S3 server on loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from moto.server import ThreadedMotoServer

from connectors.media import Media, MediaOptions, S3Place, local_media, s3_media
from tests.fakes import FakeClock

_PREFIXES = count()


class MakeStore(Protocol):
    """Makes a store of the kind that is under test; all of one test share their place."""

    def __call__(self, options: MediaOptions | None = None, clock: FakeClock | None = None) -> Media: ...


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Run an S3 server on a free loopback port, with one bucket; yields its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.put(f"{address}/files").raise_for_status()
    yield address
    server.stop()


@pytest.fixture
def s3_place(s3_server: str) -> S3Place:
    """A place in the bucket that no other test uses."""
    return S3Place(
        "files", f"shop/{next(_PREFIXES)}", endpoint=s3_server, region="us-east-1", access_key="k", secret_key="s"
    )


@pytest.fixture(params=["local", "s3"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStore:
    """Make stores of either kind."""
    place = request.getfixturevalue("s3_place") if request.param == "s3" else None

    def make(options: MediaOptions | None = None, clock: FakeClock | None = None) -> Media:
        options = replace(options or MediaOptions(), spare_bytes=0)
        if place is None:
            return local_media(tmp_path / "media", options, clock or FakeClock())
        return s3_media(place, tmp_path / "spool", options, clock or FakeClock())

    return make


@pytest.fixture
def media(make_store: MakeStore) -> Media:
    """A store of either kind."""
    return make_store()
