"""The two played platforms behind the trial page: whose phones there are, and what goes wrong on request."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar

from connectors.trial import bot_api, graph_api
from connectors.trial.bot_api import FakeBotApi
from connectors.trial.bot_api_post import Webhook
from connectors.trial.graph_api import FakeGraphApi
from connectors.trial.graph_api_world import WINDOW_MS
from connectors.trial.phone_telegram import TelegramPhone
from connectors.trial.phone_whatsapp import WhatsAppPhone
from connectors.trial.phones import PEOPLE, Json, Phone, Timed, TravelClock

HOUR_MS = 3600 * 1000
MOST_HOURS = 24 * 365
_MOST_MISHAPS = 20
_CALLS_SHOWN = 12
M = TypeVar("M")


class Played(Protocol):
    """A platform with phones.

    `phones` are by their person's id; `mishaps` names what may go wrong with a send, with words for people; `switches`
    change what goes wrong with webhooks and the clock.
    """

    @property
    def phones(self) -> Mapping[str, Phone]:
        """The phones by their person's id."""

    @property
    def mishaps(self) -> Mapping[str, str]:
        """What may go wrong with a send, in words for people."""

    @property
    def switches(self) -> Mapping[str, Callable[[int], None]]:
        """What changes webhooks and the clock: 0 or 1, or hours."""

    def mishap(self, name: str) -> None:
        """Have the next send go wrong that has nothing planned yet; `none` forgets what is planned."""

    def state(self, person: str) -> Json:
        """Return what the page shows of the platform while this person's phone is looked at."""


class PlayedWhatsApp:
    """WhatsApp, and what goes wrong with it.

    Args:
        api: the played Graph API.
        clock: the API's, which may travel.
    """

    mishaps: Mapping[str, str]
    phones: Mapping[str, WhatsAppPhone]
    switches: Mapping[str, Callable[[int], None]]

    def __init__(self, api: FakeGraphApi, clock: TravelClock) -> None:
        api.world.sent, api.world.signals = Timed(), Timed()
        self.phones = {who.id: WhatsAppPhone(api, who) for who in PEOPLE}
        self.mishaps = _words(_WHATSAPP)
        self.switches = {"twice": self._twice, "shuffled": self._shuffle, "held": self._hold, "travel": self._travel}
        self._api = api
        self._clock = clock

    def mishap(self, name: str) -> None:
        """Have the next send go wrong that has nothing planned yet; `none` forgets what is planned."""
        _plan(self._api.mishaps, _WHATSAPP, name)

    def state(self, person: str) -> Json:
        """Return what the page shows of the platform while this person's phone is looked at."""
        wrote, post = self.phones[person].customer.person.wrote_at, self._api.post
        left = 0 if wrote is None else max(0, wrote + WINDOW_MS - self._clock())
        return {
            "twice": post.twice,
            "shuffled": post.shuffled is not None,
            "held": not self._api.world.subscribed,
            "waiting": len(post.waiting),
            "planned": _planned(self._api.mishaps, _WHATSAPP),
            "calls": self._api.calls[-_CALLS_SHOWN:],
            "ahead_hours": self._clock.ahead_ms // HOUR_MS,
            # Rounded up, so that 0 is a window that is closed.
            "window_hours": -(-left // HOUR_MS),
        }

    def _twice(self, on: int) -> None:
        self._api.post.twice = bool(on)

    def _shuffle(self, on: int) -> None:
        self._api.post.shuffled = random.Random() if on else None  # noqa: S311 - mixes, hides nothing

    def _hold(self, on: int) -> None:
        self._api.world.subscribed = not on

    def _travel(self, hours: int) -> None:
        self._clock.ahead_ms = min(self._clock.ahead_ms + hours * HOUR_MS, MOST_HOURS * HOUR_MS)


class PlayedTelegram:
    """Telegram, and what goes wrong with it.

    Args:
        api: the played Bot API.
    """

    mishaps: Mapping[str, str]
    phones: Mapping[str, TelegramPhone]
    switches: Mapping[str, Callable[[int], None]]

    def __init__(self, api: FakeBotApi) -> None:
        api.sent, api.actions = Timed(), Timed()
        self.phones = {who.id: TelegramPhone(api, who) for who in PEOPLE}
        self.mishaps = _words(_TELEGRAM)
        self.switches = {"twice": self._twice, "shuffled": self._shuffle, "held": self._hold}
        self._api = api
        self._held: Webhook | None = None

    def mishap(self, name: str) -> None:
        """Have the next send go wrong that has nothing planned yet; `none` forgets what is planned."""
        _plan(self._api.mishaps, _TELEGRAM, name)

    def state(self, person: str) -> Json:
        """Return what the page shows of the platform while this person's phone is looked at."""
        post = self._api.post
        return {
            "twice": post.twice,
            "shuffled": post.shuffled,
            "held": self._held is not None,
            "waiting": len(post.waiting),
            "planned": _planned(self._api.mishaps, _TELEGRAM),
            "calls": self._api.calls[-_CALLS_SHOWN:],
            "blocked": self.phones[person].blocked,
        }

    def _twice(self, on: int) -> None:
        self._api.post.twice = bool(on)

    def _shuffle(self, on: int) -> None:
        self._api.post.shuffled = bool(on)

    def _hold(self, on: int) -> None:
        post = self._api.post
        if on and self._held is None:
            self._held = post.webhook
            post.set(None, None, drop=False)
        elif not on and self._held is not None:
            post.set(self._held, None, drop=False)
            self._held = None


_WHATSAPP: Mapping[str, tuple[str, graph_api.Mishap]] = {
    "busy": ("too many requests (429), wait 5 s", graph_api.Mishap(graph_api.Wrong.ERROR, 130429, 5)),
    "pair": ("too many to this customer", graph_api.Mishap(graph_api.Wrong.ERROR, 131056)),
    "broken": ("out of order (503)", graph_api.Mishap(graph_api.Wrong.BROKEN, 503)),
    "hang": ("takes it, and never answers", graph_api.Mishap(graph_api.Wrong.HANG)),
    "drop": ("takes it, and the connection breaks", graph_api.Mishap(graph_api.Wrong.DROP)),
    "garbled": ("takes it, and answers nonsense", graph_api.Mishap(graph_api.Wrong.GARBLED)),
    "newer": ("takes it, and answers with fields of the future", graph_api.Mishap(graph_api.Wrong.NEWER)),
    "gone": ("the customer has blocked us", graph_api.Mishap(graph_api.Wrong.ERROR, 131026)),
}
_TELEGRAM: Mapping[str, tuple[str, bot_api.Mishap]] = {
    "busy": ("too many requests (429), wait 5 s", bot_api.Mishap(bot_api.Wrong.FLOOD, 5)),
    "broken": ("out of order (502)", bot_api.Mishap(bot_api.Wrong.BROKEN, 502)),
    "hang": ("takes it, and never answers", bot_api.Mishap(bot_api.Wrong.HANG)),
    "drop": ("takes it, and the connection breaks", bot_api.Mishap(bot_api.Wrong.DROP)),
    "garbled": ("takes it, and answers nonsense", bot_api.Mishap(bot_api.Wrong.GARBLED)),
    "newer": ("takes it, and answers with fields of the future", bot_api.Mishap(bot_api.Wrong.NEWER)),
    "gone": ("the customer has blocked us", bot_api.Mishap(bot_api.Wrong.BLOCKED)),
}


def _words(table: Mapping[str, tuple[str, M]]) -> dict[str, str]:
    return {name: words for name, (words, _) in table.items()}


def _plan(mishaps: deque[M | None], table: Mapping[str, tuple[str, M]], name: str) -> None:
    if name == "none":
        mishaps.clear()
    elif len(mishaps) < _MOST_MISHAPS:
        mishaps.append(table[name][1])


def _planned(mishaps: Iterable[M | None], table: Mapping[str, tuple[str, M]]) -> list[str]:
    words = {mishap: said for said, mishap in table.values()}
    return [words.get(mishap, "") for mishap in mishaps if mishap is not None]
