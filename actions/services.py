"""What actions talk to: the shop, the gateway and the clock. Opened once, from the environment, at the first use.

Rasa's action server makes every action without arguments, so they can't be handed their collaborators; this is the one
place where those are found, and where tests put their own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

from actions.internal_api import InternalApi
from actions.shop import Shop
from actions.shop.clock import Clock, utc_now
from actions.shop.settings import default_region, open_shop


@dataclass
class _Opened:
    shop: Shop | None = None
    internal_api: InternalApi | None = None
    clock: Clock = utc_now


_opened = _Opened()


def provide(*, shop: Shop | None = None, internal_api: InternalApi | None = None) -> None:
    """Set what actions talk to; None means: open it from the environment when it is needed."""
    _opened.shop, _opened.internal_api = shop, internal_api


def tell_time(clock: Clock = utc_now) -> None:
    """Set what tells the time: a function that returns the moment in UTC."""
    _opened.clock = clock


def now() -> datetime:
    """The moment, in UTC."""
    return _opened.clock()


def shop() -> Shop:
    """The shop that the settings name. Raises ShopMisconfigured."""
    if _opened.shop is None:
        _opened.shop = open_shop(os.environ)
    return _opened.shop


def internal_api() -> InternalApi:
    """The gateway's internal API. Raises InternalApiMisconfigured."""
    if _opened.internal_api is None:
        _opened.internal_api = InternalApi.from_environment(os.environ)
    return _opened.internal_api


def phone_region() -> str:
    """The country of phone numbers written without one, ISO 3166-1 alpha-2. Raises ShopMisconfigured."""
    return default_region(os.environ)
