"""Static pages: their types, their ETags, compressed or not, and nothing outside their folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import httpx
import pytest

import connectors
from tests.connectors.site import Site

_ROOMS = Path(connectors.__file__).parent
_OUTSIDE = (
    "../routes.py",
    "..%2Froutes.py",
    "%2e%2e/routes.py",
    "..%5croutes.py",
    "/etc/passwd",
    "%2Fetc%2Fpasswd",
    "x/../../routes.py",
    "client.js%00.html",
    ".",
    "vendor",
)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html"),
        ("/widget.js", "text/javascript"),
        ("/desk", "text/html"),
        ("/static/web/client.js", "text/javascript"),
        ("/static/desk/desk.css", "text/css"),
        ("/static/desk/icon.svg", "image/svg+xml"),
    ],
)
async def test_a_page_is_served_with_its_type_and_revalidated(site: Site, path: str, content_type: str) -> None:
    answer = await site.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(content_type)
    assert answer.headers["cache-control"] == "no-cache"
    again = await site.http.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    changed = await site.http.get(path, headers={"If-None-Match": '"another"'})
    assert changed.content == answer.content


@pytest.mark.parametrize("room", ["web", "desk"])
@pytest.mark.parametrize("name", _OUTSIDE)
async def test_nothing_outside_the_folder_is_served(site: Site, room: str, name: str) -> None:
    answer = await site.http.get(f"{site.origin}/static/{room}/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


async def test_other_sites_may_load_the_widget_and_not_the_desk(site: Site) -> None:
    widget = await site.http.get("/static/web/client.js")
    assert widget.headers["access-control-allow-origin"] == "*"
    assert widget.headers["cross-origin-resource-policy"] == "cross-origin"
    desk = await site.http.get("/static/desk/desk.js")
    assert "access-control-allow-origin" not in desk.headers
    assert desk.headers["cross-origin-resource-policy"] == "same-origin"


async def _raw(site: Site, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    async with site.http.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP", "gzip, deflate, br, zstd", "gzip;q=0.5, *;q=0"])
@pytest.mark.parametrize(
    ("path", "file"), [("/widget.js", "web/static/widget.js"), ("/static/desk/desk.css", "desk/static/desk.css")]
)
async def test_text_is_sent_compressed_to_who_takes_it(site: Site, path: str, file: str, accepted: str) -> None:
    answer, body = await _raw(site, path, **{"Accept-Encoding": accepted})
    written = (_ROOMS / file).read_bytes()
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(body) < len(written) / 2
    assert gzip.decompress(body) == written


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "gzip; q = 0.000", "xgzip", "*"])
async def test_text_is_sent_as_it_is_to_who_does_not_say_so(site: Site, accepted: str) -> None:
    answer, body = await _raw(site, "/widget.js", **{"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert body == (_ROOMS / "web/static/widget.js").read_bytes()


async def test_caches_tell_the_compressed_form_from_the_plain_one(site: Site) -> None:
    packed, _ = await _raw(site, "/widget.js", **{"Accept-Encoding": "gzip"})
    plain, _ = await _raw(site, "/widget.js", **{"Accept-Encoding": "identity"})
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]
    tags = f'W/"older", W/{packed.headers["etag"]}'  # a proxy may have weakened it
    again, body = await _raw(site, "/widget.js", **{"Accept-Encoding": "gzip", "If-None-Match": tags})
    assert (again.status_code, body) == (304, b"")
    assert again.headers["vary"] == "Accept-Encoding"
    assert again.headers["etag"] == packed.headers["etag"]
    other, body = await _raw(site, "/widget.js", **{"Accept-Encoding": "identity", "If-None-Match": tags})
    assert (other.status_code, len(body)) == (200, int(plain.headers["content-length"]))
