"""Order numbers, e-mail addresses and places in a list, in raw texts of every language."""

from __future__ import annotations

import time

import pytest

from bot.nlu.entities.patterns import OrderNumbers, emails, positions
from bot.nlu.text import plain
from tests.bot.nlu.entities.reading import rows, shown

ORDERS = """
where is my order 10234 | 10234
10234                   | 10234
10234pls                | 10234
10234,please            | 10234
order no10234           | 10234
Order:10234!            | 10234
(10234)                 | 10234
bn10234                 | bn10234
it's BN-10234           | BN-10234
bn 10234?               | bn 10234
#10234                  | #10234
# 10234.                | # 10234
№10237                  | #10237
10234 2 days late       | 10234
has 10234 3 items       | 10234
ordrenr10234            | 10234
заказ10234              | 10234
订单10234什么时候到     | 10234
１０２３４              | 10234
رقم الطلب ١٠٢٣٤         | 10234
رقم١٠٢٣٤                | 10234
१०२३४                   | 10234
"""
NO_ORDERS = """
1023
102345
10234.50
10,234
10.234
10234-1
10234/2
AB10234
x10234
sku10234
DE-10115
10234km
10234@example.com
me.10234@example.com
Hauptstr. 5, 10115 Berlin
Rue 12b, 75001 Paris
4512 10234 8
12345 678 90
07700 900123
+4510234
2026
https://shop.example/10234
"""


@pytest.mark.parametrize(("text", "value"), rows(ORDERS))
def test_an_order_number_is_found(text: str, value: str) -> None:
    assert [found.value for found in OrderNumbers().find(plain(text).text)] == [value]


@pytest.mark.parametrize("text", NO_ORDERS.strip().splitlines())
def test_what_only_resembles_an_order_number_is_none(text: str) -> None:
    assert not list(OrderNumbers().find(plain(text).text))


@pytest.mark.parametrize(
    "text", ["10\u200b234", "\u200f10234\u200e", "1\u06f0\uff12\u0663\u0664", "\u2066#10234\u2069"]
)
def test_marks_and_mixed_digits_do_not_hide_an_order_number(text: str) -> None:
    [(written, value)] = shown(text, OrderNumbers().find(plain(text).text))
    assert value.lstrip("#") == "10234"
    assert plain(written).text == value


def test_every_one_of_several_order_numbers_is_found() -> None:
    text = "10234, 10250 and BN-10251; not 10252,10253"
    found = [found.value for found in OrderNumbers().find(text)]
    assert found == ["10234", "10250", "BN-10251", "10252", "10253"]


def test_a_shop_may_have_another_pattern() -> None:
    numbers = OrderNumbers(r"[A-Z]{2}-\d{4}-[A-Z]")
    assert [found.value for found in numbers.find("wo ist ab-1234-x, nicht 10234?")] == ["ab-1234-x"]


@pytest.mark.parametrize("pattern", ["(", r"\d*"])
def test_a_pattern_that_cannot_be_used_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(ValueError, match="BATON_ORDER_NUMBER"):
        OrderNumbers(pattern)


@pytest.mark.parametrize(
    ("text", "value"),
    rows("""
mia@example.com                    | mia@example.com
write to mia.b+shop@ex-ample.co.uk. | mia.b+shop@ex-ample.co.uk
10234 mia@example.com,thanks       | mia@example.com
我的邮箱mia@example.com谢谢        | mia@example.com
почта: мия@пример.рф               | мия@пример.рф
بريدي mia@example.com              | mia@example.com
ｍｉａ＠ｅｘａｍｐｌｅ．ｃｏｍ     | mia@example.com
<mia@example.com>                  | mia@example.com
"""),
)
def test_an_email_address_is_found(text: str, value: str) -> None:
    assert [found.value for found in emails(plain(text).text)] == [value]


@pytest.mark.parametrize("text", ["mia@example,com", "mia@example", "@mia", "mia @ example.com", "a@b", "mia@.com"])
def test_what_only_resembles_an_email_address_is_none(text: str) -> None:
    assert not list(emails(plain(text).text))


def test_a_long_text_of_beginnings_is_read_in_time() -> None:
    began = time.process_time()
    for text in ("a" * 2000, "a.b@" * 500, "@" * 2000, "a.b-" * 500 + "@"):
        list(emails(text))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "values"),
    rows("""
2              | 2
1 and 3        | 1 3
1,2            | 1 2
12,50          |
(2)            | 2
我选2          | 2
要2和3         | 2 3
２             | 2
the ٣          | 3
第2个          |
第2            | 2
2个都退        |
12:30          |
1.5            |
#2             |
2x             |
100            |
-2             |
"""),
)
def test_a_place_in_a_list_is_a_small_number_alone(text: str, values: str) -> None:
    found = [found.value for found in positions(plain(text).text)]
    assert found == values.split()
