"""When a callback's time is: its id is the instant, which is why times can be asked for after one."""

from __future__ import annotations

from datetime import datetime, timezone

from actions.words import business_zone, moment

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
_DESK_LANGUAGE = "en"


def local_time(slot_id: str) -> datetime:
    """When a time is, on the business's clock."""
    return datetime.strptime(slot_id, _INSTANT).replace(tzinfo=timezone.utc).astimezone(business_zone())


def slot_id_at(instant: datetime) -> str:
    """The id that a time at an instant has."""
    return instant.astimezone(timezone.utc).strftime(_INSTANT)


def noted_time(slot_id: str) -> str:
    """When a time is, as an agent reads it."""
    return moment(local_time(slot_id), _DESK_LANGUAGE)
