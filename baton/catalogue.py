"""Keeps the file with the products' names up to date, by which the bot knows them in a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace

from baton.child import Child
from baton.child_log import RollingLog
from baton.project import rasa_environment, rasa_python, shown_path
from baton.settings import Settings
from baton.settings_source import environment

TO_SHOP = ("home", "default_region", "shop", "shop_url", "shop_token", "shop_timeout", "shop_mapping")
"""The settings by which the Rasa half finds the shop."""

EVERY_S = 600.0
"""Seconds between two looks at the shop's products."""

_LONGEST_S = 120.0
_GRACE_S = 2.0


def with_catalogue(settings: Settings) -> tuple[Settings, bool]:
    """Name the file in the home folder where no other is named; also tells whether it is Baton's own to write."""
    if settings.catalogue_file:
        return settings, False
    return replace(settings, catalogue_file=str((settings.home / "catalogue.json").resolve())), True


class CatalogueWriter:
    """Has the shop's products written by the Rasa half's own command, now and every ten minutes.

    Nothing waits for it and nothing ends with it: without the file the bot asks for what it otherwise hears.

    Args:
        settings: with the file named.
        environ: what the command inherits, less Baton's own settings.
        say: tells the person at the terminal.
        every_s: seconds between two looks.
    """

    def __init__(
        self, settings: Settings, environ: Mapping[str, str], say: Callable[[str], None], *, every_s: float = EVERY_S
    ) -> None:
        self._argv = (rasa_python(), "-m", "actions.shop", "catalogue", settings.catalogue_file)
        self._env = rasa_environment(environ) | environment(settings, TO_SHOP)
        self._log = settings.home / "log" / "catalogue.log"
        self._say = say
        self._every_s = every_s
        self._failed = False

    @asynccontextmanager
    async def kept_written(self) -> AsyncIterator[None]:
        """Look at the shop for as long as the block runs."""
        looking = asyncio.create_task(self._keep_writing())
        try:
            yield
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    async def write(self) -> bool:
        """Have the file written once, and say so when it can't be for the first time; returns whether it is right."""
        try:
            code = await self._write()
        except OSError:
            code = -1
        if code != 0 and not self._failed:
            self._say(f"The products' names can't be read from the shop; the bot goes on. See {shown_path(self._log)}.")
        self._failed = code != 0
        return code == 0

    async def _keep_writing(self) -> None:
        while True:
            await self.write()
            await asyncio.sleep(self._every_s)

    async def _write(self) -> int:
        with closing(RollingLog(self._log)) as log:
            child = await Child.start(self._argv, self._env, log)
            try:
                async with asyncio.timeout(_LONGEST_S):
                    return await child.ended()
            except TimeoutError:
                return -1
            finally:
                await child.stop(_GRACE_S)
