"""One child process: in a group of its own, its output in a log, never outliving the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence

from baton.child_log import RollingLog
from baton.dying import with_this_process
from baton.settings import ROOT


class Child:
    """A running child process; made by `start`."""

    def __init__(self, process: asyncio.subprocess.Process, log: RollingLog) -> None:
        self._process = process
        self._over = False
        self._output = asyncio.create_task(self._keep_output(log))

    @classmethod
    async def start(cls, argv: Sequence[str], env: Mapping[str, str], log: RollingLog) -> Child:
        """Start a program from the project's folder.

        It leads a process group of its own, so a Ctrl-C at the terminal reaches the supervisor alone, which then ends
        its children in order. Should the supervisor be killed outright, the kernel kills the child (on Linux).

        Raises:
            OSError: there is no such program.
        """
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=dict(env),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=with_this_process(),
        )
        return cls(process, log)

    @property
    def pid(self) -> int:
        """The process id, which is also its group's."""
        return self._process.pid

    async def ended(self) -> int:
        """Wait until the child is gone; returns its exit code, negative for the signal that ended it."""
        code = await self._process.wait()
        if not self._over:
            self._over = True
            # Its group may still hold what the child itself started; only now is the number surely still its own.
            self._signal(signal.SIGKILL)
        await asyncio.wait((self._output,), timeout=1.0)
        return code

    async def stop(self, grace_s: float) -> None:
        """End the child and its group: politely, and after `grace_s` seconds by force."""
        if not self._over:
            self._signal(signal.SIGTERM)
            ending = asyncio.create_task(self.ended())
            await asyncio.wait((ending,), timeout=grace_s)
            self.kill()
        await self.ended()

    def kill(self) -> None:
        """End the child and its group by force."""
        if not self._over:
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    async def _keep_output(self, log: RollingLog) -> None:
        source = self._process.stdout
        while source is not None and (output := await source.read(65536)):
            log.write(output)
