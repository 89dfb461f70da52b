"""Static pages: files of one folder, served with their type, revalidated by ETag."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class _Kept:
    changed_ns: int
    body: bytes
    etag: str


class Pages:
    """The files under one folder; kept in memory, and read again when they change.

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
        headers = {"ETag": kept.etag, "Cache-Control": "no-cache"}
        if self._shared:
            headers |= {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        if kept.etag in (tag.strip() for tag in request.headers.get("if-none-match", "").split(",")):
            return HTTPResponse(status=304, headers=headers)
        return HTTPResponse(kept.body, headers=headers, content_type=content_type)

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
            body = path.read_bytes()
            kept = self._kept[path] = _Kept(changed_ns, body, f'"{sha256(body).hexdigest()[:32]}"')
        return kept, content_type
