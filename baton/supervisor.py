"""Starts programs side by side, waits until each is ready, starts again what dies, and ends everything it started."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from baton.child import Child
from baton.child_log import RollingLog
from baton.failure import Failure
from baton.project import shown_path

_LOOK_EVERY_S = 0.1
_LIVED_LONG_S = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """Something to keep running.

    `ready` tells whether it answers now and never raises. `after` names the programs that must be ready before it
    starts, and that are ended after it. `patience_s` is how long it may take to get ready, `grace_s` how long to end.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]]
    after: tuple[str, ...] = ()
    patience_s: float = 120.0
    grace_s: float = 8.0


class Progress(Protocol):
    """Tells the person at the terminal how the start goes."""

    def waiting(self, names: Sequence[str], seconds: float) -> None:
        """These are not ready yet."""

    def ready(self, name: str, seconds: float) -> None:
        """A program became ready."""

    def say(self, sentence: str) -> None:
        """Something else worth knowing happened."""


class Supervisor:
    """Keeps programs running until it is told to stop.

    Args:
        programs: in any order; `after` decides.
        logs: folder for one log a program.
        progress: who hears about it.
        first_pause_s: pause before a dead program is started again; doubles while it keeps dying, up to 30 s.
    """

    def __init__(
        self, programs: Sequence[Program], logs: Path, progress: Progress, *, first_pause_s: float = 1.0
    ) -> None:
        self._programs = programs
        self._progress = progress
        self._first_pause_s = first_pause_s
        self._logs = {program.name: RollingLog(logs / f"{program.name}.log") for program in programs}
        self._children: dict[str, Child] = {}
        self._ready = {program.name: asyncio.Event() for program in programs}
        self._all_ready = False

    def pid(self, name: str) -> int | None:
        """The process id of a running program."""
        child = self._children.get(name)
        return child.pid if child else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        """Start everything and keep it up for as long as the block runs, then end everything that was started.

        The block is entered when every program is ready, with the task that keeps watch; it ends only by a Failure.

        Raises:
            Failure: a program died, or was not ready in time, before all were ready once.
        """
        watch = asyncio.create_task(self._watch())
        try:
            everyone = asyncio.create_task(self._wait_for_all())
            try:
                await asyncio.wait((watch, everyone), return_when=asyncio.FIRST_COMPLETED)
                if watch.done():
                    await watch
            finally:
                everyone.cancel()
            self._all_ready = True
            yield watch
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError, Failure):
                await watch
            await self._end_all()
            for log in self._logs.values():
                log.close()

    def hurry(self) -> None:
        """End everything at once, without the time to end in order."""
        for child in self._children.values():
            child.kill()

    async def _watch(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for program in self._programs:
                    group.create_task(self._keep(program))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _wait_for_all(self) -> None:
        started = time.monotonic()
        while waiting := [name for name, event in self._ready.items() if not event.is_set()]:
            self._progress.waiting(waiting, time.monotonic() - started)
            with suppress(TimeoutError):
                # Not wait_for, which passes over being cancelled in the moment in which a program is ready.
                async with asyncio.timeout(1.0):
                    await self._ready[waiting[0]].wait()

    async def _keep(self, program: Program) -> None:
        for name in program.after:
            await self._ready[name].wait()
        pause = self._first_pause_s
        while True:
            started = time.monotonic()
            code = await self._live(program, started)
            self._ready[program.name].clear()
            how = _how(code)
            if not self._all_ready:
                raise Failure(self._did_not_start(program, f"ended at once ({how})"))
            if time.monotonic() - started > _LIVED_LONG_S:
                pause = self._first_pause_s
            log = self._logs[program.name].file
            self._progress.say(
                f"{program.name} ended ({how}); starting it again in {pause:g} s. Its log is {shown_path(log)}."
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30.0)

    async def _live(self, program: Program, started: float) -> int:
        try:
            child = await Child.start(program.argv, program.env, self._logs[program.name])
        except OSError as problem:
            raise Failure(f"{program.name} can't be started: {problem.strerror}: {program.argv[0]}.") from problem
        self._children[program.name] = child
        ended = asyncio.create_task(child.ended())
        try:
            while not ended.done() and not await program.ready():
                if time.monotonic() - started > program.patience_s:
                    if not self._all_ready:
                        raise Failure(self._did_not_start(program, f"was not ready after {program.patience_s:g} s"))
                    await child.stop(program.grace_s)
                await asyncio.wait((ended,), timeout=_LOOK_EVERY_S)
            if not ended.done():
                self._ready[program.name].set()
                self._progress.ready(program.name, time.monotonic() - started)
            return await ended
        finally:
            ended.cancel()

    async def _end_all(self) -> None:
        """End the programs in waves, so that nobody loses what they lean on before they are gone."""
        left = [program for program in self._programs if program.name in self._children]
        while left:
            needed = {name for program in left for name in program.after}
            wave = [program for program in left if program.name not in needed] or left
            await asyncio.gather(*(self._children[program.name].stop(program.grace_s) for program in wave))
            left = [program for program in left if program not in wave]
        self._children.clear()

    def _did_not_start(self, program: Program, what: str) -> str:
        log = self._logs[program.name]
        words = log.last_words()
        said = f" Its last words:\n\n{words}\n" if words else ""
        return f"{program.name} {what}. Its log is {shown_path(log.file)}.{said}"


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
