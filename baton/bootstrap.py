"""Makes both environments from the hash-locked files: `python3 -m baton.bootstrap run` or `… dev`.

`make` calls it before anything else; it runs on a bare Python 3.11 or newer and imports nothing that has to be
installed. Nothing is done when the locks are those of the last time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
NEEDED_BYTES = 6 * 1024**3
_LOCKS = ROOT / "requirements"
_COMMAND = """#!/bin/sh
exec "{python}" -c 'import sys; sys.path.insert(0, "{root}"); from baton.cli import main; sys.exit(main())' "$@"
"""


class SetUpFailed(Exception):
    """The set-up can't go on; says in one sentence why, and what to do."""


@dataclass(frozen=True, slots=True)
class Half:
    """One environment: its folder, its locks for running and for developing, and how an empty one is made."""

    what: str
    folder: Path
    locks: Mapping[str, str]
    make: Callable[[Path], Sequence[str]]
    failed: str
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        """The environment's own Python."""
        return self.folder / "bin" / "python"

    def lock(self, purpose: str) -> Path:
        """The locked file to install for `run` or `dev`."""
        return _LOCKS / self.locks[purpose]

    def is_ready(self, purpose: str) -> bool:
        """Tell whether just this lock was installed last; what developers have is enough to run."""
        return any(self._stamp(kind).exists() and self.python.exists() for kind in {purpose, "dev"})

    def note_ready(self, purpose: str) -> None:
        """Remember that this lock is installed."""
        for old in self.folder.glob(".installed-*"):
            old.unlink()
        self._stamp(purpose).touch()

    def _stamp(self, purpose: str) -> Path:
        return self.folder / f".installed-{purpose}-{_digest(self.lock(purpose))}"


GATEWAY = Half(
    "the gateway's environment",
    ROOT / ".venv",
    {"run": "baton.lock", "dev": "dev.lock"},
    lambda folder: (sys.executable, "-m", "venv", str(folder)),
    "Python can't make an environment; on Debian and Ubuntu, `apt-get install python3-venv` helps.",
)
RASA = Half(
    "the bot's environment (2.6 GB)",
    ROOT / ".venv-rasa",
    {"run": "rasa.lock", "dev": "rasa-dev.lock"},
    lambda folder: (str(_uv()), "venv", "--quiet", "--python", "3.10", str(folder)),
    "The bot needs Python 3.10, which is not here and could not be fetched; install it (`pyenv install 3.10`, or your "
    "system's package), then run make again.",
    # Where pyenv keeps a 3.10 that is not the chosen version, this makes it visible; elsewhere it means nothing.
    {"PYENV_VERSION": "3.10"},
)


class Errand:
    """A tool at work in the background; what it prints is kept for the case that it fails."""

    def __init__(self, what: str, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        self.what = what
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the errand
        self._process = subprocess.Popen(
            argv, env={**os.environ, **environ}, stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output
        )

    def ended(self) -> bool:
        """Tell whether it is over."""
        return self._process.poll() is not None

    def require_success(self, sentence: str) -> None:
        """Wait for its end.

        Raises:
            SetUpFailed: it failed; says `sentence`, or that the disk is full, and what the tool said last.
        """
        code = self._process.wait()
        self._output.seek(0)
        said = self._output.read().decode("utf-8", "replace").strip()
        self._output.close()
        if code == 0:
            return
        if "No space left on device" in said or "os error 28" in said:
            raise SetUpFailed("There is no space left on the disk; make some (6 GB) and run make again.")
        last = "\n".join(said.splitlines()[-8:])
        raise SetUpFailed(f"{sentence} What the tool said:\n\n{last}")

    def stop(self) -> None:
        """End it, because the other one failed."""
        self._process.terminate()
        self._process.wait()


def set_up(purpose: str) -> None:
    """Make both environments ready for `run` or `dev`.

    Raises:
        SetUpFailed: something is missing; the sentence says what.
    """
    _write_command()
    missing = [half for half in (GATEWAY, RASA) if not half.is_ready(purpose)]
    if not missing:
        return
    if RASA in missing and not RASA.folder.exists() and shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        raise SetUpFailed("The environments need 6 GB of disk, and there is less; make some and run make again.")
    say("Setting up (once, and again only when the locked requirements change)")
    if not GATEWAY.python.exists():
        _wait([_empty(GATEWAY)], GATEWAY.failed)
    if not _uv().exists():
        pip = (str(GATEWAY.python), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes")
        _wait([Errand("uv, the installer", (*pip, "-r", str(_LOCKS / "installer.lock")), {})], _NO_DOWNLOAD)
    if not RASA.python.exists():
        _wait([_empty(RASA)], RASA.failed)
    _wait([_filled(half, purpose) for half in missing], _NO_DOWNLOAD)
    for half in missing:
        half.note_ready(purpose)
    _write_command()


_NO_DOWNLOAD = "The locked packages could not be installed; look at the network connection and run make again."


def _empty(half: Half) -> Errand:
    return Errand(f"an empty place for {half.what}", half.make(half.folder), half.environ)


def _filled(half: Half, purpose: str) -> Errand:
    # A lock is whole, so nothing is to be looked for beyond it; one package asks for more than Baton has it for.
    how = ("--require-hashes", "--no-deps", "--no-progress")
    install = (str(_uv()), "pip", "install", "--python", str(half.python), *how)
    return Errand(half.what, (*install, "-r", str(half.lock(purpose))), {})


def _wait(errands: Sequence[Errand], sentence: str) -> None:
    started = time.monotonic()
    said_at = started
    left = list(errands)
    try:
        while left:
            time.sleep(0.05)
            seconds = time.monotonic() - started
            for errand in [errand for errand in left if errand.ended()]:
                errand.require_success(sentence)
                left.remove(errand)
                say(f"  {errand.what}: done after {seconds:.0f} s")
            if left and time.monotonic() - said_at > 10:
                said_at = time.monotonic()
                say(f"  still at {' and '.join(errand.what for errand in left)} … {seconds:.0f} s")
    finally:
        for errand in left:
            errand.stop()


def _uv() -> Path:
    return GATEWAY.folder / "bin" / "uv"


def _write_command() -> None:
    """Put the `baton` command into the gateway's environment."""
    command = GATEWAY.folder / "bin" / "baton"
    text = _COMMAND.format(python=GATEWAY.python, root=ROOT)
    if command.parent.exists() and not (command.exists() and command.read_text(encoding="utf-8") == text):
        command.write_text(text, encoding="utf-8")
        command.chmod(0o755)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(sentence, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Set up for the purpose that is named; the exit code is 2 for one that makes no sense."""
    if list(arguments) not in (["run"], ["dev"]):
        print("Say what for: run or dev.", file=sys.stderr)
        return 2
    try:
        set_up(arguments[0])
    except SetUpFailed as problem:
        print(f"make: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"make: {problem.strerror} ({problem.filename}).", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
