"""The composition root: the one place where Baton's parts are made and handed to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from baton.hours import weekly_hours
from baton.project import NOTICES
from baton.settings import Settings
from connectors.app import Exposure, Services, public_app
from connectors.internal.app import internal_app
from connectors.listen import App
from connectors.live import Hub
from connectors.throttle import Rate
from connectors.web.routes import ChatLimits
from handoff.availability import Availability, Waits
from handoff.bot import Bot
from handoff.calendar import Calendar
from handoff.callbacks import Callbacks
from handoff.clock import Clock, system_clock
from handoff.desk import Desk
from handoff.gateway import Gateway
from handoff.notices import Notices
from handoff.routing import Router
from handoff.rules import Rules
from handoff.store.port import Store
from handoff.time_words import TimeWords
from handoff.worker import Worker

LEASE_BEYOND_TURN_S = 5
"""Seconds that a worker has for its reads and its commit besides the bot's turn."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a gateway process runs: two apps, and three loops beside them."""

    public: App
    internal: App
    worker: Worker
    router: Router
    hub: Hub


def build(settings: Settings, store: Store, bot: Bot, clock: Clock = system_clock) -> Parts:
    """Make every part of the gateway.

    Args:
        settings: with secrets filled in.
        store: where everything is kept; tests hand in the twin in memory.
        bot: takes the turns; tests hand in a scripted one.
        clock: tells the present instant.

    Raises:
        InvalidInput: the settings contradict each other, or the notices are incomplete.
    """
    rules = rules_of(settings)
    notices = Notices.load(NOTICES)
    calendar = calendar_of(settings)
    callbacks = Callbacks(store, calendar, clock, notices, region=settings.default_region)
    waits = Waits()
    availability = Availability(store, rules, calendar, clock, waits)
    hub = Hub(store.conversations)
    services = Services(
        store=store,
        gateway=Gateway(store, rules, clock),
        desk=Desk(store, rules, clock, notices),
        callbacks=callbacks,
        bot=bot,
        hub=hub,
        rules=rules,
        clock=clock,
    )
    return Parts(
        public=public_app(services, exposure_of(settings)),
        internal=internal_app(
            availability, callbacks, TimeWords(calendar, notices), store.conversations, settings.internal_secret
        ),
        worker=Worker(store, bot, rules, clock, notices, estimate=availability.estimated_wait),
        router=Router(store, rules, clock, notices, waits),
        hub=hub,
    )


def rules_of(settings: Settings) -> Rules:
    """Take the business's numbers from the settings."""
    return Rules(
        offer_seconds=settings.offer_seconds,
        grace_seconds=settings.grace_seconds,
        turn_timeout_s=float(settings.turn_timeout_seconds),
        # After a worker died in the middle of a turn its customer waits this long; a living one is done by then.
        lease_seconds=settings.turn_timeout_seconds + LEASE_BEYOND_TURN_S,
        notice_seconds=settings.notice_interval_seconds,
    )


def calendar_of(settings: Settings) -> Calendar:
    """Take the business's hours and callback slots from the settings."""
    return Calendar(
        time_zone=settings.business_timezone,
        week=weekly_hours(settings.business_hours),
        country=settings.holiday_country,
        closed=frozenset(date.fromisoformat(day) for day in settings.closed_dates),
        slot_minutes=settings.slot_minutes,
        places=settings.slot_places,
        lead_minutes=settings.slot_lead_minutes,
        days_ahead=settings.slot_days,
    )


def exposure_of(settings: Settings) -> Exposure:
    """Take from the settings how the public app faces the world."""
    own = [settings.address]
    if settings.address == f"http://127.0.0.1:{settings.port}":
        # Browsers reach this machine by both names, and name the one they used as the Origin.
        own.append(f"http://localhost:{settings.port}")
    return Exposure(
        session_secret=settings.session_secret,
        desk_origins=(*own, *settings.desk_origins),
        web_user_secret=settings.web_user_secret,
        widget_origins=settings.widget_origins,
        https=settings.address.startswith("https://"),
        proxies=settings.proxies,
        limits=ChatLimits(
            sessions=Rate(settings.sessions_per_minute, settings.sessions_per_minute),
            messages=Rate(max(1, settings.messages_per_minute // 2), settings.messages_per_minute),
        ),
    )
