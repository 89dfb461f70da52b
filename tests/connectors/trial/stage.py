"""The trial page over both played platforms, with somebody who takes their webhooks as Baton would."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
from sanic import HTTPResponse, Request
from sanic.response import empty

from connectors.listen import bind, listening, new_app
from connectors.telegram.reading import USED
from connectors.trial.bot_api import FakeBotApi
from connectors.trial.bot_api_post import Webhook
from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_world import Business
from connectors.trial.page import TrialPage
from connectors.trial.phones import TravelClock
from connectors.trial.played import PlayedTelegram, PlayedWhatsApp


@dataclass
class Stage:
    """What a test of the trial page has at hand.

    Args:
        came: the bodies of the webhooks, by platform, oldest first.
        errors: what a browser that looks at it complained of.
    """

    url: str
    graph_api: FakeGraphApi
    bot_api: FakeBotApi
    came: dict[str, list[Any]]
    page: httpx.AsyncClient
    _http: httpx.AsyncClient
    errors: list[str] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[Self]:
        """Run everything on free ports."""
        came: dict[str, list[Any]] = {"whatsapp": [], "telegram": []}

        async def take(request: Request, channel: str) -> HTTPResponse:
            came[channel].append(json.loads(request.body))
            return empty(200)

        baton = new_app("baton")
        baton.add_route(take, "/webhooks/<channel:str>", methods=["POST"])
        sock, beside = bind("127.0.0.1", 0), bind("127.0.0.1", 0)
        webhooks = f"http://127.0.0.1:{sock.getsockname()[1]}/webhooks"
        url = f"http://127.0.0.1:{beside.getsockname()[1]}"
        clock = TravelClock()
        graph_api, bot_api = FakeGraphApi(Business("token", "secret"), clock), FakeBotApi()
        graph_api.connect(f"{webhooks}/whatsapp")
        bot_api.post.set(Webhook(f"{webhooks}/telegram"), USED, drop=False)
        platforms = {"whatsapp": PlayedWhatsApp(graph_api, clock), "telegram": PlayedTelegram(bot_api)}
        app = TrialPage(platforms, "http://127.0.0.1:1/desk").app()
        async with (
            listening(baton, sock, grace_s=0.05),
            graph_api.running(),
            bot_api.running(),
            listening(app, beside, grace_s=0.05),
            httpx.AsyncClient(base_url=url, headers={"Origin": url}, trust_env=False) as page,
            httpx.AsyncClient(trust_env=False) as http,
        ):
            yield cls(url, graph_api, bot_api, came, page, http)

    async def act(self, path: str, **given: Any) -> httpx.Response:
        """Do something on the page."""
        return await self.page.post(f"/api/{path}", json=given)

    async def phone(self, platform: str, person: str = "oliver") -> dict[str, Any]:
        """Return what a phone and its platform show."""
        answer = await self.page.get("/api/state", params={platform: person})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()["platforms"][platform]
        return told

    async def say(self, platform: str, text: str, *, person: str = "oliver", **more: Any) -> int:
        """Send something as Baton would; returns the status of the answer."""
        who = next(one for one in (await self.page.get("/api/state")).json()["people"] if one["id"] == person)
        if platform == "whatsapp":
            body = more or {"type": "text", "text": {"body": text}}
            url = f"{self.graph_api.url}/v26.0/{self.graph_api.business.phone_number_id}/messages"
            about = {"messaging_product": "whatsapp", "to": who["phone"].removeprefix("+"), **body}
            answer = await self._http.post(url, json=about, headers={"Authorization": "Bearer token"})
        else:
            chat = {"oliver": 5_550_001, "sofie": 5_550_002}[person]
            url = f"{self.bot_api.url}/bot{self.bot_api.token}/sendMessage"
            answer = await self._http.post(url, json={"chat_id": chat, "text": text, **more})
        return answer.status_code


def buttons(*titles: str) -> dict[str, Any]:
    """Return the fields of a message on WhatsApp with these buttons."""
    offered = [{"type": "reply", "reply": {"id": f"7.{place}", "title": title}} for place, title in enumerate(titles)]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": "Which?"}, "action": {"buttons": offered}},
    }


def rows(*titles: str) -> dict[str, Any]:
    """Return the fields of a message on WhatsApp with a list of these rows."""
    offered = [{"id": f"8.{place}", "title": title, "description": "more"} for place, title in enumerate(titles)]
    action = {"button": "Choose", "sections": [{"title": "All", "rows": offered}]}
    return {
        "type": "interactive",
        "interactive": {"type": "list", "body": {"text": "Which of these?"}, "action": action},
    }


def keys(*titles: str) -> dict[str, Any]:
    """Return the fields of a message on Telegram with these buttons."""
    return {
        "reply_markup": {"inline_keyboard": [[{"text": t, "callback_data": f"7.{n}"}] for n, t in enumerate(titles)]}
    }


SHARE = {
    "reply_markup": {
        "keyboard": [[{"text": "Share my phone number", "request_contact": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
}
"""The fields of a message on Telegram that asks for the phone number."""
