"""What a file is told to be, by its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.media.sniff import endings, kind_of_claim, sniff
from tests.connectors.media.files import JPEG, PDF, REFUSED, SVG, TAKEN, packed

CLAIMS = ("", "image/png", "text/plain", "text/html", "audio/mp4", "application/octet-stream", "image/svg+xml", "☃")


@pytest.mark.parametrize("kind", sorted(TAKEN))
def test_what_is_taken_is_told_by_its_bytes(kind: str, tmp_path: Path) -> None:
    content, claimed_type, told, media_type = TAKEN[kind]
    (tmp_path / "f").write_bytes(content)
    sniffed = sniff(tmp_path / "f", claimed_type)
    assert sniffed is not None
    assert (sniffed.kind.value, sniffed.type) == (told, media_type)


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_what_is_not_taken_is_refused_whatever_it_claims_to_be(kind: str, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(REFUSED[kind])
    # The one thing that a claim decides: whether letters of no known encoding are letters.
    claims = [claim for claim in CLAIMS if not (claim == "text/plain" and kind.startswith("text "))]
    assert {claim: sniff(tmp_path / "f", claim) for claim in claims} == dict.fromkeys(claims)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (JPEG + packed("a.html"), "image/jpeg"),
        (b"GIF89a=1;alert(1)//", "image/gif"),
        (PDF + b"<script>alert(1)</script>", "application/pdf"),
        (JPEG + SVG, "image/jpeg"),
        (b"hello <script>alert(1)</script>", "text/plain"),
    ],
)
def test_a_file_that_is_two_things_is_what_it_begins_as(content: bytes, media_type: str, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(content)
    sniffed = sniff(tmp_path / "f", "text/html")
    assert sniffed is not None
    assert sniffed.type == media_type


@given(start=st.sampled_from([content for content, *_ in TAKEN.values()]), cut=st.integers(0, 200), rest=st.binary())
@settings(max_examples=300, deadline=None)
def test_no_bytes_at_all_make_it_fail(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, cut: int, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start[:cut] + rest or b"x")
    for claim in CLAIMS:
        sniffed = sniff(path, claim)
        assert sniffed is None or sniffed.type not in ("text/html", "image/svg+xml")


def test_a_list_of_very_many_files_is_not_read(tmp_path: Path) -> None:
    names = ("[Content_Types].xml", "word/document.xml", *(f"word/{number}" for number in range(6000)))
    (tmp_path / "f").write_bytes(packed(*names))
    assert sniff(tmp_path / "f") is None


def test_a_claim_only_names_a_kind() -> None:
    assert [kind_of_claim(claim).value for claim in ("image/png", " Audio/ogg", "video/x", "location/x", "", "☃")] == [
        "image",
        "audio",
        "video",
        "document",
        "document",
        "document",
    ]


def test_pages_hear_of_every_ending(tmp_path: Path) -> None:
    told = set()
    for content, claimed_type, _, _ in TAKEN.values():
        (tmp_path / "f").write_bytes(content)
        sniffed = sniff(tmp_path / "f", claimed_type)
        assert sniffed is not None
        told |= set(sniffed.endings)
    assert told == set(endings())
