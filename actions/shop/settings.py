"""Which shop to open, from the environment."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from actions.shop.clock import Clock, utc_now
from actions.shop.demo import make_demo
from actions.shop.errors import ShopMisconfigured
from actions.shop.http import HttpShop
from actions.shop.mapping import ShopMapping, read_mapping
from actions.shop.port import Shop
from actions.shop.sqlite import SqliteShop

log = logging.getLogger(__name__)


class Setting(NamedTuple):
    """One row of the table of settings."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting("BATON_SHOP", "sqlite", "Where orders are: 'sqlite' (embedded) or 'http' (the shop's REST API)."),
    Setting("BATON_HOME", "var", "Folder of all state; the embedded shop is shop.sqlite3 in it."),
    Setting("BATON_SHOP_URL", "", "Address of the shop's REST API; https, or http on this machine."),
    Setting("BATON_SHOP_TOKEN", "", "The shop's own token for its API, sent as a bearer token."),
    Setting("BATON_SHOP_MAPPING", "", "JSON file saying how the API's paths and fields differ; see docs/shop.md."),
    Setting("BATON_SHOP_TIMEOUT", "4", "Seconds that one call to the API may take."),
    Setting("BATON_DEFAULT_REGION", "DK", "Country (ISO 3166-1 alpha-2) of phone numbers without a country code."),
)
"""Every setting of the shop. An empty value means the default."""


def shop_file(env: Mapping[str, str]) -> Path:
    """The embedded shop's file."""
    return Path(_setting(env, "BATON_HOME")) / "shop.sqlite3"


def is_embedded(env: Mapping[str, str]) -> bool:
    """Whether the shop is the embedded one. Raises ShopMisconfigured when BATON_SHOP is neither of the two."""
    kind = _setting(env, "BATON_SHOP")
    if kind not in ("sqlite", "http"):
        raise ShopMisconfigured(f"BATON_SHOP is {kind!r}; set it to 'sqlite' or 'http'.")
    return kind == "sqlite"


def open_shop(env: Mapping[str, str], clock: Clock = utc_now) -> Shop:
    """The shop that the settings name. An embedded shop that does not exist yet is made, with the demo's records.

    Args:
        env: the environment; SETTINGS lists what is read.
        clock: gives the time now in UTC.

    Raises ShopMisconfigured naming the setting that is wrong.
    """
    region = default_region(env)
    if is_embedded(env):
        path = shop_file(env)
        if not path.exists():
            make_demo(path, clock)
            log.info("There was no shop yet: made the demo shop in %s", path)
        return SqliteShop(path, default_region=region, clock=clock)
    url = _setting(env, "BATON_SHOP_URL")
    if not url:
        raise ShopMisconfigured("BATON_SHOP is 'http', so BATON_SHOP_URL has to name the shop's REST API.")
    mapping = _setting(env, "BATON_SHOP_MAPPING")
    return HttpShop(
        url,
        read_mapping(Path(mapping)) if mapping else ShopMapping(),
        token=_setting(env, "BATON_SHOP_TOKEN") or None,
        timeout=_seconds(env),
        default_region=region,
        clock=clock,
    )


def default_region(env: Mapping[str, str]) -> str:
    """The country of phone numbers without a country code, ISO 3166-1 alpha-2. Raises ShopMisconfigured."""
    region = _setting(env, "BATON_DEFAULT_REGION")
    if not re.fullmatch("[A-Z]{2}", region):
        raise ShopMisconfigured(
            f"BATON_DEFAULT_REGION is {region!r}; write a country as two capital letters, such as DK."
        )
    return region


def _seconds(env: Mapping[str, str]) -> float:
    text = _setting(env, "BATON_SHOP_TIMEOUT")
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 60:
        raise ShopMisconfigured(f"BATON_SHOP_TIMEOUT is {text!r}; write seconds, more than 0 and at most 60.")
    return seconds


def _setting(env: Mapping[str, str], name: str) -> str:
    default = next(setting.default for setting in SETTINGS if setting.name == name)
    return env.get(name, "").strip() or default
