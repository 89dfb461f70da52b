"""Phone numbers in raw texts: what could be called is found, other numbers are not."""

from __future__ import annotations

import pytest

from bot.nlu.entities.patterns import OrderNumbers
from bot.nlu.entities.phones import Phones
from bot.nlu.text import plain
from tests.bot.nlu.entities.reading import rows

PHONES = """
12345678                          | 12345678
call me on +45 12 34 56 78        | +45 12 34 56 78
12-34-56-78                       | 12-34-56-78
+44 (0)20 7946 0018               | +44 (0)20 7946 0018
0045 32 12 34 56                  | 0045 32 12 34 56
тел. +7 (900) 555-01-23           | +7 (900) 555-01-23
0086 138 0000 1357这是我手机      | 0086 138 0000 1357
手机+86 138 0000 1234找我         | +86 138 0000 1234
هاتفي ٣٢ ١٢ ٣٤ ٥٦                 | 32 12 34 56
＋４５　３２１２３４５６          | +45 32123456
10234 32 12 34 56                 | 32 12 34 56
#10215 +45 32 12 34 56            | +45 32 12 34 56
12 34 56 78.                      | 12 34 56 78
+45\u200b12\u206034\u20605678     | +4512345678
"""
NO_PHONES = """
10234
102345
1234567
order 10234 10250
DK50 0040 0440 1162 43
4571 1234 5678 9012
1.234.567,89
mia12345678@example.com
#12345678
ab12345678
12345678x
"""


@pytest.fixture(scope="module")
def phones() -> Phones:
    return Phones("DK", OrderNumbers().fits)


@pytest.mark.parametrize(("text", "value"), rows(PHONES))
def test_a_phone_number_is_found(phones: Phones, text: str, value: str) -> None:
    assert [found.value for found in phones.find(plain(text).text)] == [value]


@pytest.mark.parametrize("text", NO_PHONES.strip().splitlines())
def test_a_number_nobody_could_call_is_none(phones: Phones, text: str) -> None:
    assert not list(phones.find(plain(text).text))


def test_the_region_decides_how_long_a_number_is() -> None:
    text = "13800138000"
    assert [found.value for found in Phones("CN", lambda _: False).find(text)] == [text]
    assert not list(Phones("DK", lambda _: False).find(text))


def test_an_order_number_of_eight_digits_is_no_phone_number() -> None:
    numbers = OrderNumbers("[0-9]{8}")
    assert not list(Phones("DK", numbers.fits).find("12345678"))
