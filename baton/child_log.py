"""The log file of a child process, kept from growing without end."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 5_000_000
KEPT = 3


class RollingLog:
    """A file to which a child's output is appended; a full one becomes `.1`, that one `.2`, and so on.

    Args:
        file: where the newest lines stand.
        max_bytes: size at which the file is full.
        kept: how many full files are kept.
    """

    def __init__(self, file: Path, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        self.file = file
        self._max_bytes = max_bytes
        self._kept = kept
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._target = file.open("ab", buffering=0)

    def write(self, output: bytes) -> None:
        """Append what a child printed."""
        if self._target.tell() + len(output) > self._max_bytes and self._target.tell():
            self._roll()
        self._target.write(output)

    def close(self) -> None:
        """Let go of the file."""
        self._target.close()

    def last_words(self, lines: int = 6) -> str:
        """Return the last lines, for a person who wants to know why a child died."""
        with self.file.open("rb") as source:
            source.seek(max(0, self._target.tell() - 4096))
            found = source.read().decode("utf-8", "replace").strip().splitlines()
        return "\n".join(found[-lines:])

    def _roll(self) -> None:
        self._target.close()
        for number in range(self._kept - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self.file.replace(self._numbered(1))
        self._target = self.file.open("ab", buffering=0)

    def _numbered(self, number: int) -> Path:
        return self.file.with_name(f"{self.file.name}.{number}")
