"""Files to send from the trial page when none are at hand; each is what it says it is, down to its last byte."""

from __future__ import annotations

import struct

from connectors.trial.phones import File

_SILENCE = b"\xf8\xff\xfe"
"""A frame of Opus that says nothing for 20 ms (RFC 6716)."""
_FRAMES = 100
_PER_FRAME = 960


def voice() -> File:
    """Return two seconds of silence as a voice message: Opus in Ogg (RFC 3533, RFC 7845)."""
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 5) + b"Baton" + struct.pack("<I", 0)
    sound = _page([_SILENCE] * _FRAMES, 2, _FRAMES * _PER_FRAME, last=True)
    return File("voice.ogg", "audio/ogg", _page([head], 0, 0) + _page([tags], 1, 0) + sound)


def document() -> File:
    """Return a letter of one page, as PDF."""
    text = b"BT /F1 18 Tf 60 760 Td (A letter to Fern & Harbour) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return File("letter.pdf", "application/pdf", written + table + trailer)


def _page(packets: list[bytes], number: int, position: int, *, last: bool = False) -> bytes:
    """Return a page of Ogg whose packets are all shorter than a segment."""
    flags = 4 if last else 2 if number == 0 else 0
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 1, number, 0)
    page = head + bytes([len(packets), *map(len, packets)]) + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    """Return Ogg's CRC: the polynomial 0x04c11db7, not reflected, from 0."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = crc << 1 & 0xFFFFFFFF ^ (0x04C11DB7 if crc & 0x80000000 else 0)
    return crc


SAMPLES = {"voice": voice, "document": document}
