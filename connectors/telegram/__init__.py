"""Telegram: the Bot API, by webhook or by long polling. docs/telegram.md takes one from nothing to a working bot."""

from connectors.telegram.channel import TelegramChannel
from connectors.telegram.options import TelegramOptions

__all__ = ["TelegramChannel", "TelegramOptions"]
