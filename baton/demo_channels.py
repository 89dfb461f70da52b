"""Played WhatsApp and Telegram for `baton run --demo-channels`: what everybody is told, to find each other."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from baton.addresses import free_address, is_free, loopback
from baton.failure import Failure
from baton.settings import Settings
from connectors.trial.graph_api_world import Business

TOLD = (
    "host",
    "port",
    "whatsapp_token",
    "whatsapp_app_secret",
    "whatsapp_verify_token",
    "whatsapp_phone_number_id",
    "whatsapp_account_id",
    "whatsapp_graph_url",
    "telegram_token",
    "telegram_secret",
    "telegram_url",
)
"""The settings that the process of the played platforms needs."""


@dataclass(frozen=True, slots=True)
class DemoChannels:
    """The played platforms of one run.

    Args:
        settings: Baton's, with channels, made-up tokens and the platforms' addresses.
        page: the address of the page on which one is the customer.
    """

    settings: Settings
    page: str


def demo_channels(settings: Settings) -> DemoChannels:
    """Choose tokens, which are new each time, and free loopback addresses; the page's is the port after Baton's own.

    Raises:
        Failure: real channels are set, whose customers must not be mixed with invented ones.
    """
    if settings.channels:
        named = ", ".join(settings.channels)
        raise Failure(
            f"--demo-channels plays WhatsApp and Telegram, but the setting channels names {named}: messages to real "
            "customers would go there; leave channels unset and choose another BATON_HOME."
        )
    business = Business(token=secrets.token_urlsafe(24), app_secret=secrets.token_hex(16))
    told = replace(
        settings,
        channels=("whatsapp", "telegram"),
        whatsapp_token=business.token,
        whatsapp_app_secret=business.app_secret,
        whatsapp_phone_number_id=business.phone_number_id,
        whatsapp_account_id=business.account_id,
        whatsapp_graph_url=free_address(),
        telegram_token=f"700000001:{secrets.token_urlsafe(24)}",
        telegram_url=free_address(),
        telegram_receive="webhook",
    )
    beside = settings.port + 1
    return DemoChannels(told, loopback(beside) if is_free(beside) else free_address())
