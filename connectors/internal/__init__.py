"""The internal API, through which the bot's actions ask the gateway."""

from connectors.internal.app import internal_app

__all__ = ["internal_app"]
