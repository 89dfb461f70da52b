"""What one bot on Telegram was told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from handoff.errors import InvalidInput

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,128}", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """What one bot on Telegram was told.

    Args:
        token: of the bot, as BotFather gave it.
        secret: what Telegram shows with each webhook: 16 to 256 letters, digits, `_` and `-`.
        polling: ask for messages instead of getting webhooks.
        url: where the Bot API answers.
        timeout_s: seconds to wait for an answer; files get longer.
        poll_s: seconds for which the platform holds a question for messages when there are none.

    Raises:
        InvalidInput: token or secret is missing or cannot be one. There is no bot without a secret.
    """

    token: str = field(repr=False)
    secret: str = field(repr=False)
    polling: bool = False
    url: str = "https://api.telegram.org"
    timeout_s: float = 10.0
    poll_s: int = 30

    def __post_init__(self) -> None:
        """Refuse what could only fail later."""
        if not _TOKEN.fullmatch(self.token):
            raise InvalidInput("Set BATON_TELEGRAM_TOKEN to the token that BotFather gave you, such as 123456:ABC-DEF.")
        if not _SECRET.fullmatch(self.secret):
            raise InvalidInput("BATON_TELEGRAM_SECRET needs 16 to 256 letters, digits, _ and -; or leave it out.")
