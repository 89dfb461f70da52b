"""The channels that the settings name, and the place of files: made here for the gateway and for `baton channel`."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping

from baton.failure import Failure
from baton.settings import Settings
from connectors.base import Channel
from connectors.media import Media, MediaOptions, S3Place, local_media, s3_media
from connectors.media.scan import Scan
from connectors.telegram import TelegramChannel, TelegramOptions
from connectors.whatsapp import WhatsApp, WhatsAppOptions
from handoff.clock import Clock, system_clock
from handoff.delivery import WEB

MEGABYTE = 1024 * 1024


def channels_of(settings: Settings, environment: Mapping[str, str] = os.environ) -> dict[str, Channel]:
    """Make the adapters that the setting `channels` names, by name.

    A name with a colon is an adapter of one's own: `package.module:make`, called with the environment.

    Raises:
        Failure: there is no such channel, or two have one name.
        InvalidInput: a channel's own settings are missing or wrong.
    """
    made: dict[str, Channel] = {}
    for written in settings.channels:
        channel = _made(written, settings, environment)
        if channel.name in (*made, WEB):
            raise Failure(f"The setting channels names {channel.name} twice; leave one out.")
        made[channel.name] = channel
    return made


def polled_of(settings: Settings) -> frozenset[str]:
    """Name the channels that are asked for messages."""
    polls = settings.telegram_receive == "polling" and "telegram" in settings.channels
    return frozenset({"telegram"}) if polls else frozenset()


def media_of(settings: Settings, clock: Clock = system_clock) -> Media:
    """Make the store of files.

    Raises:
        Failure: its place cannot be used.
    """
    try:
        scan = Scan(settings.scan_command) if settings.scan_command else None
        options = MediaOptions(settings.media_max_megabytes * MEGABYTE, scan)
        folder = settings.home / "media"
        if settings.media_url.startswith("s3://"):
            return s3_media(S3Place.at(settings.media_url), folder, options, clock)
        return local_media(folder, options, clock)
    except (OSError, ValueError) as problem:
        raise Failure(f"Files can't be kept: {problem}") from problem


def _made(written: str, settings: Settings, environment: Mapping[str, str]) -> Channel:
    if ":" in written:
        return _own(written, environment)
    make = _MAKERS.get(written)
    if make is None:
        known = ", ".join(_MAKERS)
        raise Failure(f"There is no channel {written}; the setting channels takes {known}, or package.module:make.")
    return make(settings)


def _own(written: str, environment: Mapping[str, str]) -> Channel:
    module, _, name = written.partition(":")
    try:
        make: Callable[[Mapping[str, str]], Channel] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as problem:
        raise Failure(f"The channel {written} can't be loaded: {problem}") from problem
    return make(environment)


def _whatsapp(settings: Settings) -> Channel:
    return WhatsApp(
        WhatsAppOptions(
            token=settings.whatsapp_token,
            app_secret=settings.whatsapp_app_secret,
            verify_token=settings.whatsapp_verify_token,
            phone_number_id=settings.whatsapp_phone_number_id,
            account_id=settings.whatsapp_account_id,
            graph_url=settings.whatsapp_graph_url,
            graph_version=settings.whatsapp_graph_version,
        )
    )


def _telegram(settings: Settings) -> Channel:
    return TelegramChannel(
        TelegramOptions(
            token=settings.telegram_token,
            secret=settings.telegram_secret,
            polling=settings.telegram_receive == "polling",
            url=settings.telegram_url,
        )
    )


_MAKERS: Mapping[str, Callable[[Settings], Channel]] = {"whatsapp": _whatsapp, "telegram": _telegram}
