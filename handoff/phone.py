"""Phone numbers as people write them, kept in E.164."""

from __future__ import annotations

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    number_type,
    parse,
)

from handoff.errors import InvalidInput


def e164(written: str, region: str) -> str:
    """Return a phone number in E.164, such as `+4532123456`.

    Args:
        written: as the customer wrote it, with or without a country code.
        region: the country (two letters) that a number without a country code belongs to.

    Raises:
        InvalidInput: it is no number that can be phoned, or one that the caller pays extra for.
    """
    try:
        number = parse(written, region or None)
    except NumberParseException:
        raise InvalidInput("The phone number cannot be read; write it with its country code, like +45.") from None
    if not is_valid_number(number):
        raise InvalidInput("That phone number does not exist; check it, and write it with its country code.")
    if number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise InvalidInput("Calls to that number cost extra; give an ordinary phone number.")
    return format_number(number, PhoneNumberFormat.E164)
