"""Files at the desk: an agent opens those of conversations they may read, and uploads for a reply or a note."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from connectors.desk.guard import ROOT, agent_of
from connectors.desk.reading import Reading
from connectors.listen import App
from connectors.media.exchange import Exchange, streamed
from connectors.media.naming import Naming
from handoff.entry import Entry
from handoff.store.agents_port import Agent
from handoff.store.port import ConversationStore


class DeskAttachments:
    """The agents' files over HTTP, behind the guard."""

    def __init__(self, exchange: Exchange, conversations: ConversationStore, reading: Reading) -> None:
        self._exchange = exchange
        self._reading = reading
        self._naming = Naming(conversations, _every)

    def attach(self, app: App) -> None:
        """Put the routes on an app that has the guard before it."""
        root = f"{ROOT}/conversations/<conversation_id:str>/attachments"
        app.add_route(streamed(self.upload), root, methods=["POST"], name="desk_upload", stream=True)
        app.add_route(self.download, f"{root}/<media_id:str>", methods=["GET"], name="desk_download")

    async def upload(self, request: Request, conversation_id: str) -> HTTPResponse:
        """Take a file for a conversation that the agent may read."""
        agent = agent_of(request).agent
        await self._reading.conversation(conversation_id, agent)
        return await self._exchange.take_in(request, conversation_id, uploader(agent))

    async def download(self, request: Request, conversation_id: str, media_id: str) -> None:
        """Send a file of a conversation that the agent may read."""
        await self._reading.conversation(conversation_id, agent_of(request).agent)
        await self._exchange.hand_out(request, await self._naming.find(conversation_id, media_id))


def uploader(agent: Agent) -> str:
    """Name an agent as the one who uploads."""
    return f"agent:{agent.id}"


def _every(_: Entry) -> bool:
    return True
