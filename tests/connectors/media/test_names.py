"""Names of files, cleaned."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.media.names import MAX_NAME, clean_name, disposition
from connectors.media.sniff import PLAIN_TEXT, Sniffed
from handoff.attachment import AttachmentKind

JPEG = Sniffed(AttachmentKind.IMAGE, "image/jpeg", ("jpg", "jpeg"))


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("Holiday.JPEG", "Holiday.JPEG"),
        ("kvittering på købet.jpg", "kvittering på købet.jpg"),
        ("صورة.jpg", "صورة.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\kim\\a.jpg", "a.jpg"),
        ("/etc/cron.d/x.jpg", "x.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe.jpg"),
        ("\u2066a\u2069\u200f.jpg", "a.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "a Set-Cookie x.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ('a"b<c>d|e?f*g:h.jpg', "abcdefgh.jpg"),
        ("evil.html", "evil.html.jpg"),
        ("evil.php.jpg", "evil.php.jpg"),
        ("noending", "noending.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("..", ""),
        ("", ""),
        (" . ", ""),
        ("CON.jpg", "_CON.jpg"),
        ("com1", "_com1.jpg"),
        ("a.jpg. . .", "a.jpg"),
        ("\ud800a.jpg", "a.jpg"),
        ("e\u0301.jpg", "é.jpg"),
    ],
)
def test_a_name_loses_what_could_mislead(given_name: str, kept: str) -> None:
    assert clean_name(given_name, JPEG) == kept


def test_a_long_name_keeps_its_ending() -> None:
    kept = clean_name("a" * 1000 + ".jpeg", JPEG)
    assert len(kept) == MAX_NAME
    assert kept.endswith("a.jpeg")


def test_a_text_keeps_the_ending_of_a_table() -> None:
    assert clean_name("orders.csv", PLAIN_TEXT) == "orders.csv"
    assert clean_name("run.bat", PLAIN_TEXT) == "run.bat.txt"


@given(st.text(st.characters(), max_size=300))
def test_whatever_the_name_it_is_safe_afterwards(name: str) -> None:
    kept = clean_name(name, JPEG)
    assert len(kept) <= MAX_NAME
    assert not set(kept) & set('/\\<>:"|?*\0\r\n')
    assert not kept.startswith(".")
    assert kept == "" or kept.lower().endswith((".jpg", ".jpeg"))
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in kept)
    assert clean_name(kept, JPEG) == kept
    disposition("inline", kept).encode("ascii")


def test_a_header_names_the_file_for_old_and_new_readers() -> None:
    assert disposition("attachment", "") == "attachment"
    assert disposition("inline", "på 1%.jpg") == "inline; filename=\"p_ 1_.jpg\"; filename*=UTF-8''p%C3%A5%201%25.jpg"
