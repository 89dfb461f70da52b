"""A running site with a store of files at hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from connectors.media import Media
from connectors.web.offer import FileRules
from handoff.store.memory import MemoryStore
from tests.connectors.site import MONDAY_10, AgentDesk, Customer, Site
from tests.fakes import FakeClock

MAX_FILE = 300_000
"""Bytes of a file here; more than Sanic's own limit for bodies."""

MAX_FILES = 3


@dataclass
class Place:
    """What a test of files over HTTP needs at hand."""

    site: Site
    media: Media

    @property
    def clock(self) -> FakeClock:
        """The clock of everything here."""
        return self.site.clock

    async def upload(
        self, customer: Customer, content: bytes, name: str = "", claimed_type: str = "application/octet-stream"
    ) -> httpx.Response:
        """Upload a file as a customer."""
        headers = {**customer.headers, "Content-Type": claimed_type}
        params = {"name": name} if name else {}
        return await self.site.http.post("/api/chat/attachments", content=content, headers=headers, params=params)

    async def uploaded(self, customer: Customer, content: bytes, name: str = "") -> tuple[str, str]:
        """Upload a file that is taken; returns its id and its token."""
        answer = await self.upload(customer, content, name)
        assert answer.status_code == 201, answer.text
        return answer.json()["attachment"]["id"], answer.json()["token"]

    async def shown(self, customer: Customer, content: bytes, name: str = "") -> str:
        """Send a file in a message; returns its id."""
        media_id, token = await self.uploaded(customer, content, name)
        answer = await customer.post(client_msg_id=f"f-{media_id[:8]}", attachments=[token])
        assert answer.status_code == 202, answer.text
        return media_id

    async def download(self, customer: Customer, media_id: str) -> httpx.Response:
        """Open a file as a customer."""
        return await self.site.http.get(f"/api/chat/attachments/{media_id}", headers=customer.headers)

    async def desk_upload(self, desk: AgentDesk, customer: Customer, content: bytes, name: str = "") -> httpx.Response:
        """Upload a file as an agent."""
        return await desk.http.post(attachments_of(customer), content=content, params={"name": name} if name else {})


def attachments_of(customer: Customer, media_id: str = "") -> str:
    """The desk's address of a conversation's files, or of one."""
    return f"/api/desk/conversations/{customer.conversation_id}/attachments" + (f"/{media_id}" if media_id else "")


@asynccontextmanager
async def running(media: Media, clock: FakeClock) -> AsyncIterator[Place]:
    """Run the public app over this store of files; two agents can sign in."""
    clock.now = MONDAY_10
    files = {"files": FileRules(MAX_FILE, MAX_FILES)}
    async with Site._over(MemoryStore(), media, None, clock, files) as site:
        yield Place(site, media)
