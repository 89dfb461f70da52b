"""The scan of files by a command of the operator's: it gets a file on standard input, and exit code 0 lets it in."""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import signal
from contextlib import suppress
from pathlib import Path

from handoff.media import MediaUnavailable

_log = logging.getLogger(__name__)

# What a command needs to run, and none of the secrets that Baton's own environment holds.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


class Scan:
    """Runs a command over files; `clamdscan --no-summary -` for example.

    Args:
        command: program and arguments, split as a shell would; no shell runs.
        timeout_s: seconds that it may take for one file.
        at_once: how many may run at the same time.

    Raises:
        ValueError: the command is empty or its quotes do not match.
    """

    def __init__(self, command: str, *, timeout_s: float = 30.0, at_once: int = 4) -> None:
        self._command = shlex.split(command)
        if not self._command:
            raise ValueError("The scan command is empty.")
        self._timeout_s = timeout_s
        self._turn = asyncio.Semaphore(at_once)

    async def passes(self, path: Path) -> bool:
        """Tell whether the command lets a file in: it ended by itself, in time, with exit code 0.

        Raises:
            MediaUnavailable: it could not be run or did not end in time, so nobody knows.
        """
        async with self._turn:
            try:
                with path.open("rb") as file:
                    process = await asyncio.create_subprocess_exec(
                        *self._command,
                        stdin=file,
                        stdout=asyncio.subprocess.DEVNULL,
                        stderr=asyncio.subprocess.DEVNULL,
                        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                        start_new_session=True,
                    )
            except OSError as error:
                _log.error("The scan command cannot be run (%s), so no file is taken.", type(error).__name__)
                raise _unknown() from error
            try:
                async with asyncio.timeout(self._timeout_s):
                    code = await process.wait()
            except TimeoutError:
                _log.error("The scan command took over %.0f s for a file, which was not taken.", self._timeout_s)
                raise _unknown() from None
            finally:
                await _end(process)
        if code != 0:
            _log.warning("The scan refused a file with exit code %d.", code)
        return code == 0


async def _end(process: asyncio.subprocess.Process) -> None:
    """Make sure that a command which did not end by itself is gone, with whatever it started."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _unknown() -> MediaUnavailable:
    return MediaUnavailable("Files cannot be checked for malware just now, so none is taken; try again later.")
