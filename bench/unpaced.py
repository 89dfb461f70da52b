"""WhatsApp without its pace, as a channel of one's own: how fast a gateway would send if the platform let it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from connectors.base import Channel, Pace
from connectors.whatsapp import WhatsApp, WhatsAppOptions


class Unpaced(WhatsApp):
    """The same adapter, which may send as fast as it can."""

    capabilities = replace(WhatsApp.capabilities, pace=Pace(per_second=1_000_000, burst=1_000_000, seconds_each=0.0))


def make(environment: Mapping[str, str]) -> Channel:
    """Make the channel of the settings that WhatsApp has."""
    return Unpaced(
        WhatsAppOptions(
            token=environment["BATON_WHATSAPP_TOKEN"],
            app_secret=environment["BATON_WHATSAPP_APP_SECRET"],
            verify_token="unused",
            phone_number_id=environment["BATON_WHATSAPP_PHONE_NUMBER_ID"],
            account_id=environment["BATON_WHATSAPP_ACCOUNT_ID"],
            graph_url=environment["BATON_WHATSAPP_GRAPH_URL"],
        )
    )
