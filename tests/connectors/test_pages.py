"""Static pages: their types, their ETags, and nothing outside their folder."""

from __future__ import annotations

import pytest

from tests.connectors.site import Site

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
