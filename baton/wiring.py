"""The composition root: the one place where Baton's parts are made and handed to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from baton.channels import MEGABYTE, polled_of
from baton.hours import weekly_hours
from baton.project import NOTICES
from baton.settings import Settings
from connectors.app import Exposure, Services, public_app
from connectors.base import Channel
from connectors.internal.app import internal_app
from connectors.listen import App
from connectors.live import Hub
from connectors.mail import Mail, SmtpMail, SmtpOptions
from connectors.messaging.running import Messaging
from connectors.throttle import Rate
from connectors.web.offer import FileRules
from connectors.web.routes import ChatLimits
from connectors.web.transcript import Transcriber
from handoff.availability import Availability, Waits
from handoff.bot import Bot
from handoff.calendar import Calendar
from handoff.callbacks import Callbacks
from handoff.clock import Clock, system_clock
from handoff.desk import Desk
from handoff.errors import InvalidInput
from handoff.gateway import Gateway
from handoff.media import MediaStore
from handoff.notices import Notices
from handoff.notify import Notifier, Way
from handoff.quiet import QuietHours
from handoff.routing import Router
from handoff.rules import Rules
from handoff.store.port import Store
from handoff.time_words import TimeWords
from handoff.updates import read_templates
from handoff.worker import Worker

LEASE_BEYOND_TURN_S = 5
"""Seconds that a worker has for its reads and its commit besides the bot's turn."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a gateway process runs: two apps, and five loops beside them."""

    public: App
    internal: App
    worker: Worker
    router: Router
    hub: Hub
    messaging: Messaging
    notifier: Notifier


def build(
    settings: Settings,
    store: Store,
    bot: Bot,
    media: MediaStore,
    channels: Mapping[str, Channel],
    clock: Clock = system_clock,
) -> Parts:
    """Make every part of the gateway.

    Args:
        settings: with secrets filled in.
        store: where everything is kept; tests hand in the twin in memory.
        bot: takes the turns; tests hand in a scripted one.
        media: keeps files.
        channels: the running channels besides the web, by name.
        clock: tells the present instant.

    Raises:
        InvalidInput: the settings contradict each other, or the notices are incomplete.
    """
    rules = rules_of(settings)
    notices = Notices.load(NOTICES)
    calendar = calendar_of(settings)
    callbacks = Callbacks(store, calendar, clock, notices, region=settings.default_region)
    time_words = TimeWords(calendar, notices)
    waits = Waits()
    availability = Availability(store, rules, calendar, clock, waits)
    hub = Hub(store.conversations)
    gateway = Gateway(store, rules, clock)
    messaging = Messaging(channels, polled_of(settings), store, gateway, media, notices, clock)
    notifier = notifier_of(settings, store, channels, clock, notices)
    services = Services(
        store=store,
        gateway=gateway,
        media=media,
        messaging=messaging,
        notifier=notifier,
        desk=Desk(store, rules, clock, notices),
        callbacks=callbacks,
        bot=bot,
        hub=hub,
        rules=rules,
        clock=clock,
        transcriber=Transcriber(time_words, notices),
        mail=mail_of(settings),
    )
    return Parts(
        public=public_app(services, exposure_of(settings)),
        internal=internal_app(availability, callbacks, time_words, store.conversations, settings.internal_secret),
        worker=Worker(store, bot, rules, clock, notices, estimate=availability.estimated_wait),
        router=Router(store, rules, clock, notices, waits),
        hub=hub,
        messaging=messaging,
        notifier=notifier,
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


def notifier_of(
    settings: Settings, store: Store, channels: Mapping[str, Channel], clock: Clock, notices: Notices
) -> Notifier:
    """Make what tells customers about their orders.

    Raises:
        InvalidInput: the quiet hours or the file of templates make no sense.
    """
    ways = {
        name: Way(channel.capabilities.session_window_s, channel.capabilities.templates)
        for name, channel in channels.items()
    }
    quiet = QuietHours.read(settings.quiet_hours, ZoneInfo(settings.business_timezone))
    templates = read_templates(Path(settings.notify_templates)) if settings.notify_templates else {}
    return Notifier(store, ways, quiet, templates, clock, notices)


def mail_of(settings: Settings) -> Mail | None:
    """Make the way to the mail server; None where none is set.

    Raises:
        InvalidInput: the server or the sender's address makes no sense.
    """
    if not settings.smtp_url:
        return None
    try:
        return SmtpMail(SmtpOptions.of(settings.smtp_url, settings.mail_from))
    except ValueError as problem:
        raise InvalidInput(f"The settings smtp_url and mail_from: {problem}.") from None


def exposure_of(settings: Settings) -> Exposure:
    """Take from the settings how the public app faces the world."""
    own = [settings.address]
    if settings.address == f"http://127.0.0.1:{settings.port}":
        # Browsers reach this machine by both names, and name the one they used as the Origin.
        own.append(f"http://localhost:{settings.port}")
    return Exposure(
        session_secret=settings.session_secret,
        api_key=settings.api_key,
        desk_origins=(*own, *settings.desk_origins),
        web_user_secret=settings.web_user_secret,
        widget_origins=settings.widget_origins,
        https=settings.address.startswith("https://"),
        proxies=settings.proxies,
        files=FileRules(settings.media_max_megabytes * MEGABYTE, settings.media_max_files),
        limits=ChatLimits(
            sessions=Rate(settings.sessions_per_minute, settings.sessions_per_minute),
            messages=Rate(max(1, settings.messages_per_minute // 2), settings.messages_per_minute),
        ),
    )
