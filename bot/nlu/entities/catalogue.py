"""The file that the running system keeps the names of the shop's products in."""

from __future__ import annotations

import json
import logging
from pathlib import Path

logger = logging.getLogger(__name__)


class CatalogueFile:
    """A JSON list of names, read again when the file changes.

    Args:
        path: of the file; None for a shop without one. It need not exist yet. Whoever writes it replaces it whole.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._state: tuple[int, int] | None = None
        self._names: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """The names; the same tuple until they change. Those read last while the file can't be read."""
        if self._path is None:
            return self._names
        try:
            found = self._path.stat()
            state = (found.st_mtime_ns, found.st_size)
            if state != self._state:
                self._state = state
                self._names = _read(self._path)
        except FileNotFoundError:
            self._state, self._names = None, ()
        except (OSError, ValueError) as wrong:
            logger.warning("The catalogue %s can't be read, so the names read last are kept: %s", self._path, wrong)
        return self._names


def _read(path: Path) -> tuple[str, ...]:
    names = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("it must be a list of names")
    return tuple(name for name in names if name.strip())
