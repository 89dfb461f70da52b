"""Static pages: files of one folder, served with their type, compressed for who takes it, revalidated by ETag."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sanic import HTTPResponse, Request

from handoff.errors import NotFound

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_PACKED = frozenset({".css", ".html", ".js", ".json", ".svg"})
"""Text; the others are compressed by what they are."""

_FORBIDS = re.compile(r"q\s*=\s*0(\.0*)?")


@dataclass(frozen=True, slots=True)
class _Kept:
    changed_ns: int
    plain: _Form
    packed: _Form | None


@dataclass(frozen=True, slots=True)
class _Form:
    body: bytes
    etag: str


class Pages:
    """The files under one folder; kept in memory as they are and compressed, and read again when they change.

    Args:
        root: the folder; nothing outside it is ever served.
        shared: True when pages of other sites load these files (the widget).
    """

    def __init__(self, root: Path, *, shared: bool = False) -> None:
        self._root = root.resolve()
        self._shared = shared
        self._kept: dict[Path, _Kept] = {}

    def answer(self, request: Request, name: str) -> HTTPResponse:
        """Serve one file by its path in the folder.

        Raises:
            NotFound: there is no such file, or it is of no type that pages are made of.
        """
        kept, content_type = self._find(name)
        headers = {"Cache-Control": "no-cache"}
        form = kept.plain
        if kept.packed is not None:
            headers["Vary"] = "Accept-Encoding"
            if _takes_gzip(request.headers.get("accept-encoding", "")):
                form = kept.packed
                headers["Content-Encoding"] = "gzip"
        headers["ETag"] = form.etag
        if self._shared:
            headers |= {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        known = (tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(","))
        if form.etag in known:
            headers.pop("Content-Encoding", None)
            return HTTPResponse(status=304, headers=headers)
        return HTTPResponse(form.body, headers=headers, content_type=content_type)

    def _find(self, name: str) -> tuple[_Kept, str]:
        missing = NotFound("There is no such page.")
        if "\0" in name:
            raise missing
        path = (self._root / name).resolve()
        content_type = _TYPES.get(path.suffix)
        if content_type is None or not path.is_relative_to(self._root) or not path.is_file():
            raise missing
        changed_ns = path.stat().st_mtime_ns
        kept = self._kept.get(path)
        if kept is None or kept.changed_ns != changed_ns:
            kept = self._kept[path] = _read(path, changed_ns)
        return kept, content_type


def _read(path: Path, changed_ns: int) -> _Kept:
    body = path.read_bytes()
    digest = sha256(body).hexdigest()[:32]
    packed = gzip.compress(body, mtime=0) if path.suffix in _PACKED else body
    # Each form has a tag of its own: a cache must not take one for the other.
    smaller = _Form(packed, f'"{digest}-gzip"') if len(packed) < len(body) else None
    return _Kept(changed_ns, _Form(body, f'"{digest}"'), smaller)


def _takes_gzip(accepted: str) -> bool:
    """Tell whether an Accept-Encoding names gzip, and not with the weight 0, which forbids it."""
    for each in accepted.lower().split(","):
        coding, _, weight = each.partition(";")
        if coding.strip() == "gzip":
            return not _FORBIDS.fullmatch(weight.strip())
    return False
