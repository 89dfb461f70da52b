"""What a file is, by its bytes; a table of what Baton takes, and nothing else is taken.

Signatures follow each format's own specification (ISO 14496-12 for `ftyp`, RFC 8794 for EBML, RFC 3533 for Ogg,
RFC 4867 for AMR, PNG, JFIF, GIF89a, RIFF, ISO 32000). They stand at the very first byte, so what begins as something
else and becomes a picture or PDF later is not taken. Web pages, SVG, programs, scripts and archives have no line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from connectors.media.office import old_office, packed_office
from connectors.media.plain import is_plain_text
from handoff.attachment import AttachmentKind

HEAD = 4096
"""Bytes from which a file's type is told."""

ACCEPTED = "a JPEG, PNG, GIF or WebP picture, a PDF, an office document, plain text, a sound or a video"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file is: its media type, and the endings that a name of it may have, the usual one first."""

    kind: AttachmentKind
    type: str
    endings: tuple[str, ...]


def _image(subtype: str, *endings: str) -> Sniffed:
    return Sniffed(AttachmentKind.IMAGE, f"image/{subtype}", endings)


def _document(media_type: str, *endings: str) -> Sniffed:
    return Sniffed(AttachmentKind.DOCUMENT, media_type, endings)


def _audio(subtype: str, *endings: str) -> Sniffed:
    return Sniffed(AttachmentKind.AUDIO, f"audio/{subtype}", endings)


def _video(subtype: str, *endings: str) -> Sniffed:
    return Sniffed(AttachmentKind.VIDEO, f"video/{subtype}", endings)


PLAIN_TEXT = _document("text/plain", "txt", "csv", "md", "log", "ics", "vcf", "json")
_OOXML = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_OFFICE = {
    "word/": _document(f"{_OOXML}.wordprocessingml.document", "docx"),
    "xl/": _document(f"{_OOXML}.spreadsheetml.sheet", "xlsx"),
    "ppt/": _document(f"{_OOXML}.presentationml.presentation", "pptx"),
    f"{_OPEN}.text": _document(f"{_OPEN}.text", "odt"),
    f"{_OPEN}.spreadsheet": _document(f"{_OPEN}.spreadsheet", "ods"),
    f"{_OPEN}.presentation": _document(f"{_OPEN}.presentation", "odp"),
    "WordDocument": _document("application/msword", "doc"),
    "Workbook": _document("application/vnd.ms-excel", "xls"),
    "PowerPoint Document": _document("application/vnd.ms-powerpoint", "ppt"),
}

_STARTS: tuple[tuple[bytes, Sniffed], ...] = (
    (b"\xff\xd8\xff", _image("jpeg", "jpg", "jpeg", "jpe")),
    (b"\x89PNG\r\n\x1a\n", _image("png", "png")),
    (b"GIF87a", _image("gif", "gif")),
    (b"GIF89a", _image("gif", "gif")),
    (b"%PDF-", _document("application/pdf", "pdf")),
    (b"#!AMR\n", _audio("amr", "amr")),
    (b"ID3", _audio("mpeg", "mp3")),
    (b"\xff\xfb", _audio("mpeg", "mp3")),
    (b"\xff\xf3", _audio("mpeg", "mp3")),
    (b"\xff\xf2", _audio("mpeg", "mp3")),
    (b"\xff\xfa", _audio("mpeg", "mp3")),
    (b"\xff\xf1", _audio("aac", "aac")),
    (b"\xff\xf9", _audio("aac", "aac")),
)

_RIFF = {b"WEBP": _image("webp", "webp"), b"WAVE": _audio("wav", "wav")}
_OGG = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
_OGG_AUDIO = _audio("ogg", "ogg", "oga", "opus")
_M4A = _audio("mp4", "m4a", "mp4")
_MP4 = _video("mp4", "mp4", "m4v")
_3GP = _video("3gpp", "3gp", "3gpp")
_QUICKTIME = _video("quicktime", "mov")
_BRANDS = (
    *((brand, _M4A) for brand in (b"M4A ", b"M4B ", b"F4A ")),
    *((brand, _MP4) for brand in (b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1")),
    *((brand, _MP4) for brand in (b"M4V ", b"M4VH", b"MSNV", b"dash", b"mmp4", b"f4v ", b"F4V ")),
    *((brand, _3GP) for brand in (b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gr6", b"3gs6", b"3ge6", b"3g2a")),
    (b"qt  ", _QUICKTIME),
)
_WEBM = _video("webm", "webm")
_WEBM_AUDIO = _audio("webm", "webm", "weba")


def sniff(path: Path, claimed_type: str = "") -> Sniffed | None:
    """Tell what a file is, or None when it is nothing that Baton takes. Reads all of it where it must.

    Args:
        claimed_type: tells sound from pictures in the two containers that hold either (MP4, WebM), and lets text of an
            older encoding through as text.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    for start, sniffed in _STARTS:
        if head.startswith(start):
            return sniffed
    for look in _CONTAINERS:
        found = look(head, claimed_type)
        if found is not None:
            return found
    office = packed_office(path, head) or old_office(path, head)
    if office is not None:
        return _OFFICE[office]
    return PLAIN_TEXT if is_plain_text(path, head, claimed_type) else None


def kind_of_claim(claimed_type: str) -> AttachmentKind:
    """Return what a file would be if its sender is right; for those that are refused and so never looked at."""
    claim = claimed_type.partition("/")[0].strip().lower()
    return AttachmentKind(claim) if claim in ("image", "audio", "video") else AttachmentKind.DOCUMENT


def endings() -> tuple[str, ...]:
    """Return every ending that the name of a taken file has, for pages that look before they upload."""
    tables = (_STARTS, _BRANDS)
    kinds = [kind for table in tables for _, kind in table] + [*_RIFF.values(), *_OFFICE.values()]
    kinds += [_OGG_AUDIO, _WEBM, _WEBM_AUDIO, PLAIN_TEXT]
    return tuple(sorted({ending for kind in kinds for ending in kind.endings}))


def _riff(head: bytes, _: str) -> Sniffed | None:
    return _RIFF.get(head[8:12]) if head.startswith(b"RIFF") else None


def _ogg(head: bytes, _: str) -> Sniffed | None:
    # The first page holds the header of the first stream, after 27 bytes and a table of segments.
    if not head.startswith(b"OggS") or len(head) < 28:
        return None
    return _OGG_AUDIO if head[27 + head[26] :].startswith(_OGG) else None


def _mp4(head: bytes, claimed_type: str) -> Sniffed | None:
    if head[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4], "big"), 256, len(head))
    # The major brand, then (after its version) those it is compatible with.
    brands = [head[8:12], *(head[place : place + 4] for place in range(16, end - 3, 4))]
    known = dict(_BRANDS)
    if brands[0] not in known and not brands[0].startswith(b"3g"):
        # Pictures (HEIC, AVIF) are in such boxes, too, and say so first.
        return None
    sniffed = known.get(brands[0], _3GP)
    return _M4A if sniffed in (_MP4, _3GP) and _claims_audio(claimed_type) else sniffed


def _webm(head: bytes, claimed_type: str) -> Sniffed | None:
    # The EBML header's DocType (0x4282) with its length, 4.
    if not head.startswith(b"\x1a\x45\xdf\xa3") or b"\x42\x82\x84webm" not in head[:64]:
        return None
    return _WEBM_AUDIO if _claims_audio(claimed_type) else _WEBM


def _claims_audio(claimed_type: str) -> bool:
    return claimed_type.strip().lower().startswith("audio/")


_CONTAINERS: tuple[Callable[[bytes, str], Sniffed | None], ...] = (_riff, _ogg, _mp4, _webm)
