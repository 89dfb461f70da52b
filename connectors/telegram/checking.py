"""`baton channel check telegram`: token, identity and webhook, and what to do about each."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from telegram import Bot, WebhookInfo
from telegram.error import TelegramError

from connectors.base import Finding
from connectors.telegram.calls import Refused
from connectors.telegram.reading import USED

_SET = "Run `baton channel set-webhook telegram`."
_MANY_WAITING = 100


async def findings(bot: Bot, *, polling: bool, webhook_url: str | None) -> Sequence[Finding]:
    """Return what was looked at.

    Args:
        bot: the bot.
        polling: messages are asked for.
        webhook_url: where webhooks should go; None when there is no public address.
    """
    try:
        me = await bot.get_me()
    except TelegramError as error:
        return [_no_identity(error)]
    found = [Finding(f"The token is that of @{me.username}, “{me.first_name}”.", well=True)]
    if me.can_join_groups:
        advice = "The bot only answers in private; send /setjoingroups to @BotFather and choose Disable."
        found.append(Finding("People can add the bot to groups.", well=True, advice=advice))
    try:
        webhook = await bot.get_webhook_info()
    except TelegramError:
        return [*found, Finding("The webhook could not be looked up.", well=False, advice="Try again in a minute.")]
    return [*found, *(_polled(webhook) if polling else _pushed(webhook, webhook_url))]


def _no_identity(error: TelegramError) -> Finding:
    if isinstance(error, Refused) and error.status in (401, 404):
        advice = "Copy the token that @BotFather shows at /mybots into BATON_TELEGRAM_TOKEN."
        return Finding("Telegram does not know the token.", well=False, advice=advice)
    advice = "See that this machine reaches the internet, and BATON_TELEGRAM_URL if you have set it."
    return Finding("Telegram cannot be reached.", well=False, advice=advice)


def _polled(webhook: WebhookInfo) -> Sequence[Finding]:
    if webhook.url:
        what = f"A webhook is set ({_host(webhook.url)}), so Telegram gives no messages to who asks."
        return [Finding(what, well=False, advice=f"{_SET} With polling, it takes the webhook away.")]
    return [Finding("No webhook is set, as polling needs it.", well=True)]


def _pushed(webhook: WebhookInfo, wanted: str | None) -> Sequence[Finding]:
    if wanted is None:
        advice = "Set BATON_PUBLIC_URL to the https address people reach Baton at, or BATON_TELEGRAM_RECEIVE=polling."
        return [Finding("There is no public address for webhooks.", well=False, advice=advice)]
    if not webhook.url:
        return [Finding("No webhook is set, so no message arrives.", well=False, advice=_SET)]
    if webhook.url != wanted:
        what = f"The webhook goes to {_host(webhook.url)}, not to this Baton's {wanted}."
        return [Finding(what, well=False, advice=_SET)]
    found = [Finding(f"The webhook goes to {wanted}.", well=True)]
    missing = sorted(set(USED) - set(webhook.allowed_updates))
    if missing:
        found.append(Finding(f"Telegram does not send: {', '.join(missing)}.", well=False, advice=_SET))
    if webhook.last_error_date is not None:
        when = webhook.last_error_date.strftime("%Y-%m-%d %H:%M UTC")
        still = webhook.pending_update_count > 0
        advice = f"Telegram says: {webhook.last_error_message or 'nothing more'}"
        found.append(Finding(f"A webhook failed last at {when}.", well=not still, advice=advice))
    waiting = webhook.pending_update_count
    advice = "See that Baton runs and is reached from outside." * (waiting >= _MANY_WAITING)
    found.append(Finding(f"{waiting} messages wait at Telegram.", well=waiting < _MANY_WAITING, advice=advice))
    return found


def _host(url: str) -> str:
    """Return a webhook's host alone, for the address of somebody else's may hold a secret."""
    return urlsplit(url).hostname or "somewhere"
