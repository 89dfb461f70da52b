"""`baton run`: starts everything, says how to use it, keeps it running, and ends all of it at Ctrl-C."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress

from baton import agents
from baton.catalogue import CatalogueWriter, with_catalogue
from baton.demo_channels import demo_channels
from baton.errand import run_errand
from baton.failure import Failure
from baton.processes import must_be_free, programs, with_inner_addresses, with_redis
from baton.project import rasa_python, shown_path
from baton.redis_promises import warn_of
from baton.settings import Settings
from baton.settings_source import environment, with_secrets
from baton.supervisor import Supervisor
from baton.terminal import Terminal
from baton.training import train
from handoff.store.redis_store import RedisStore


def run(settings: Settings, environ: Mapping[str, str], terminal: Terminal, *, demo: bool = False) -> int:
    """Run Baton until it is told to stop; returns the exit code.

    Args:
        demo: play WhatsApp and Telegram beside it.

    Raises:
        Failure: something is missing, taken or broken; the sentence says what.
    """
    started = time.monotonic()
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(settings):
        must_be_free(settings)
        rasa_python()
        played = demo_channels(settings) if demo else None
        settings = played.settings if played else settings
        terminal.say("Starting Baton")
        if settings.redis_url:
            warn_of(settings.redis_url, terminal)
        settings, ours = with_catalogue(with_redis(with_inner_addresses(with_secrets(settings))))
        model = train(environ, settings.home / "log", terminal)
        _fill_shop(settings, environ, terminal)
        supervisor = Supervisor(programs(settings, model, environ, played), settings.home / "log", terminal)
        catalogue = CatalogueWriter(settings, environ, terminal.say) if ours else None
        asyncio.run(_until_told(supervisor, catalogue, settings, terminal, started, played.page if played else ""))
    return 0


async def _until_told(
    supervisor: Supervisor,
    catalogue: CatalogueWriter | None,
    settings: Settings,
    terminal: Terminal,
    started: float,
    played_at: str,
) -> None:
    told = _Told(supervisor, terminal)
    with told.listening():
        try:
            async with catalogue.kept_written() if catalogue else nullcontext(), supervisor.running() as watch:
                await _welcome(settings, terminal, time.monotonic() - started, played_at)
                await watch
        except asyncio.CancelledError:
            if not told.heard:
                raise
    terminal.say("Everything has ended.")


class _Told:
    """Turns the first Ctrl-C or SIGTERM into an orderly end, and the second into an end at once."""

    def __init__(self, supervisor: Supervisor, terminal: Terminal) -> None:
        self.heard = False
        self._supervisor = supervisor
        self._terminal = terminal
        self._task = asyncio.current_task()

    @contextmanager
    def listening(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._hear)
        yield

    def _hear(self) -> None:
        if self.heard:
            self._supervisor.hurry()
            return
        self.heard = True
        self._terminal.say("\nEnding everything that was started … (Ctrl-C again: at once)")
        if self._task is not None:
            self._task.cancel()


async def _welcome(settings: Settings, terminal: Terminal, seconds: float, played_at: str) -> None:
    store = RedisStore(settings.redis_url)
    try:
        password = await agents.demo_password(store.agents)
        demo = await store.agents.by_login(agents.DEMO_LOGIN)
    finally:
        await store.close()
    if password:
        sign_in = f"sign in as {agents.DEMO_LOGIN} with {password}  (shown only this once)"
    elif demo:
        sign_in = (
            f"sign in as {agents.DEMO_LOGIN}; `.venv/bin/baton agent password {agents.DEMO_LOGIN}` makes a new password"
        )
    else:
        sign_in = "`.venv/bin/baton agent list` shows who can sign in"
    played = f"\n  Played phones   {played_at}/  (WhatsApp and Telegram; they reach nobody)" if played_at else ""
    terminal.say(
        f"""
Baton is ready after {seconds:.0f} s.

  Customer page   {settings.address}/
  Agent desk      {settings.address}/desk
                  {sign_in}{played}

  Logs are in {shown_path(settings.home / "log")}. Ctrl-C ends everything.
"""
    )


def _fill_shop(settings: Settings, environ: Mapping[str, str], terminal: Terminal) -> None:
    """Make the demo shop at the very first start, so that there is something to ask about."""
    if settings.shop != "sqlite" or (settings.home / "shop.sqlite3").exists():
        return
    log = settings.home / "log" / "shop.log"
    told = environment(settings, ("home", "shop"))
    outcome = run_errand("actions.shop", ("demo",), environ, log, terminal, "making the demo shop", told)
    if outcome.code != 0:
        raise Failure(f"The demo shop can't be made. {outcome.last_words}")
    terminal.say("  made the demo shop; docs/shop.md names orders to ask about")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Keep a second Baton from the same home folder."""
    file = settings.home / "baton.lock"
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Failure(
            f"Baton already runs on {shown_path(settings.home)}; end it first, or choose another BATON_HOME."
        ) from None
    try:
        yield
    finally:
        with suppress(OSError):
            os.close(handle)
