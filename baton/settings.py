"""The settings of Baton: one table of name, kind, default and help.

The setting `port` is read from the environment variable `BATON_PORT`, else from `port = …` in `baton.toml`, else it has
the default written here. `baton settings` prints the table; docs/settings.md is compared with it by a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from baton import values

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table.

    `kind` says in words what may be written. `read` turns what was written into the value and raises ValueError with
    the end of a sentence ("must be …"). `secret` values are never printed; `generated` ones are made at first start.
    """

    name: str
    kind: str
    default: Any
    help: str
    read: Callable[[object], Any]
    secret: bool = False
    generated: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"BATON_{self.name.upper()}"


def _setting(default: Any, value: values.Value, text: str, *, secret: bool = False, generated: bool = False) -> Any:
    marks = {"value": value, "help": text, "secret": secret or generated, "generated": generated}
    return field(default=default, metadata=marks, repr=not (secret or generated))


@dataclass(frozen=True, slots=True)
class Settings:
    """What one running Baton was told; `baton.settings_source.load` makes it."""

    # where it is reached
    host: str = _setting("127.0.0.1", values.text(), "Address the gateway listens on; 0.0.0.0 opens it to the network.")
    port: int = _setting(8080, values.whole(1, 65535), "Port of the customer page, the desk and the public API.")
    public_url: str = _setting("", values.url(), "Address people type in, if not http://host:port.")
    widget_origins: tuple[str, ...] = _setting(
        (), values.origins(or_all=True), "Other sites whose pages may embed the chat widget; * for every site."
    )
    desk_origins: tuple[str, ...] = _setting(
        (), values.origins(), "Origins, besides the public address, from which agents use the desk."
    )
    proxies: int = _setting(0, values.whole(0, 9), "How many reverse proxies stand before Baton.")

    sessions_per_minute: int = _setting(
        120, values.whole(1, 1_000_000), "How many chats one address may open in a minute."
    )
    messages_per_minute: int = _setting(
        120, values.whole(1, 1_000_000), "How many messages one customer may send in a minute."
    )

    # what it keeps
    home: Path = _setting(HOME, values.path(), "Folder of everything Baton keeps: data, secrets, logs.")  # noqa: RUF009
    redis_url: str = _setting(
        "",
        values.url("redis", "rediss", "unix"),
        "Your own Redis; REDIS_URL is read too. Empty starts one.",
        secret=True,
    )
    tracker_ttl_seconds: int = _setting(
        0,
        values.whole(0, 1_000_000_000),
        "Seconds after which the bot forgets a conversation in which nobody writes; 0 for never.",
    )

    # the bot's turn and the way to a person
    turn_timeout_seconds: int = _setting(
        8, values.whole(1, 25), "How long the bot may take for one answer before a person is asked for."
    )
    handoff_intents: tuple[str, ...] = _setting((), values.names(), "Intents that always go to a person.")
    offer_seconds: int = _setting(30, values.whole(5, 600), "How long a conversation is offered to one agent.")
    grace_seconds: int = _setting(
        60, values.whole(30, 3600), "How long an agent may be gone before their conversations return to the queue."
    )
    notice_interval_seconds: int = _setting(
        120, values.whole(10, 3600), "Least time between two notices to a customer who writes while waiting."
    )

    # business hours and callbacks
    business_timezone: str = _setting("Europe/Copenhagen", values.timezone(), "Time zone of the hours below.")
    business_hours: str = _setting(
        "Mon-Fri 09:00-17:00", values.hours(), "When agents work; spans are separated by semicolons."
    )
    holiday_country: str = _setting("DK", values.country(or_none=True), "Country whose holidays are closed; or none.")
    closed_dates: tuple[str, ...] = _setting((), values.dates(), "More closed days, such as 2026-12-24.")
    slot_minutes: int = _setting(30, values.whole(5, 480), "Length of a callback slot.")
    slot_places: int = _setting(2, values.whole(1, 1000), "How many callbacks fit into one slot.")
    slot_lead_minutes: int = _setting(60, values.whole(0, 10080), "Least time between booking and the slot.")
    slot_days: int = _setting(10, values.whole(1, 90), "How many working days ahead slots are offered.")
    default_region: str = _setting("DK", values.country(), "Country of phone numbers written without +.")

    # the shop whose orders the bot answers about
    shop: str = _setting("sqlite", values.text("sqlite", "http"), "Where orders live: built in, or behind a REST API.")
    shop_url: str = _setting("", values.url(), "Address of your shop's REST API, when shop is http.")
    shop_token: str = _setting("", values.text(), "Bearer token for your shop's REST API.", secret=True)
    order_number: str = _setting(
        "", values.text(), "Regular expression of your order numbers; empty for five digits, with or without # or BN-."
    )
    catalogue_file: str = _setting(
        "",
        values.text(),
        "JSON file with your products' names, by which the bot knows them; empty: kept from the shop.",
    )
    shop_timeout: int = _setting(4, values.whole(1, 60), "Seconds that one call to your shop's REST API may take.")
    shop_mapping: str = _setting("", values.text(), "JSON file that maps your API's fields; see docs/shop.md.")

    # channels besides the web
    channels: tuple[str, ...] = _setting(
        (), values.names(), "Channels to run besides the web: whatsapp, telegram, or your own as a Python module."
    )
    whatsapp_token: str = _setting("", values.text(), "Access token of your WhatsApp system user.", secret=True)
    whatsapp_app_secret: str = _setting("", values.text(), "App secret that signs WhatsApp's webhooks.", secret=True)
    whatsapp_verify_token: str = _setting(
        "", values.text(), "Token you type into WhatsApp's webhook form.", generated=True
    )
    whatsapp_phone_number_id: str = _setting("", values.text(), "Id of your WhatsApp phone number.")
    whatsapp_account_id: str = _setting("", values.text(), "Id of your WhatsApp business account.")
    whatsapp_graph_url: str = _setting(
        "https://graph.facebook.com", values.url(), "Where the WhatsApp Cloud API answers."
    )
    whatsapp_graph_version: str = _setting("v26.0", values.text(), "Version of the Graph API to speak.")
    telegram_token: str = _setting("", values.text(), "Token of your Telegram bot.", secret=True)
    telegram_secret: str = _setting("", values.text(), "What Telegram shows with each webhook.", generated=True)
    telegram_receive: str = _setting(
        "webhook", values.text("webhook", "polling"), "How Telegram's messages come: webhook, or polling."
    )
    telegram_url: str = _setting("https://api.telegram.org", values.url(), "Where the Telegram Bot API answers.")

    # files that customers and agents send
    media_url: str = _setting("", values.url("s3"), "Where files are kept: s3://bucket/prefix; empty for var/media.")
    media_max_megabytes: int = _setting(16, values.whole(1, 100), "The largest file a customer or agent may send.")
    media_max_files: int = _setting(10, values.whole(1, 100), "How many files one message may have.")
    scan_command: str = _setting(
        "", values.text(), "Command that looks at a file on its standard input; anything but exit code 0 refuses it."
    )

    # messages that nobody asked for
    quiet_hours: str = _setting(
        "21:00-08:00", values.text(), "Hours, in the business's time zone, in which no order update is sent; or none."
    )
    notify_templates: str = _setting(
        "", values.text(), "JSON file that names a WhatsApp template for each order update; see docs/notify.md."
    )
    smtp_url: str = _setting(
        "",
        values.url("smtp", "smtps"),
        "Mail server that sends transcripts; empty: customers can only download.",
        secret=True,
    )
    mail_from: str = _setting("", values.text(), "Address that transcripts come from.")

    # secrets
    api_key: str = _setting("", values.text(), "Key that other programs show at /api/notify.", generated=True)
    web_user_secret: str = _setting(
        "", values.text(), "Key with which a host page signs who its user is.", generated=True
    )
    session_secret: str = _setting("", values.text(), "Key that signs customers' chat sessions.", generated=True)
    turn_secret: str = _setting("", values.text(), "What the gateway shows Rasa.", generated=True)
    actions_secret: str = _setting("", values.text(), "What Rasa shows the action server.", generated=True)
    internal_secret: str = _setting("", values.text(), "What the actions show the gateway.", generated=True)

    # between the processes: `baton run` sets these
    turn_url: str = _setting("", values.url(), "Where Rasa listens; `baton run` picks a free loopback port.")
    actions_url: str = _setting(
        "", values.url(), "Where the action server listens; `baton run` picks a free loopback port."
    )
    internal_url: str = _setting(
        "", values.url(), "Where the gateway listens for actions; `baton run` picks a free loopback port."
    )

    @property
    def address(self) -> str:
        """The address people type in, without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{_typed(self.host)}:{self.port}"


def _typed(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _row(row: Field[Any]) -> Setting:
    marks = row.metadata
    value: values.Value = marks["value"]
    return Setting(row.name, value.kind, row.default, marks["help"], value.read, marks["secret"], marks["generated"])


TABLE: tuple[Setting, ...] = tuple(_row(row) for row in fields(Settings))
