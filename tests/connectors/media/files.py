"""Small files of every kind, made here byte by byte, and things that pretend to be one."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator


def png(width: int = 1, height: int = 1) -> bytes:
    """A whole PNG, grey."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", pixels) + part(b"IEND", b"")


def packed(*names: str, first: tuple[str, str] | None = None) -> bytes:
    """A ZIP file that holds these names."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        if first is not None:
            archive.writestr(first[0], first[1], zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, f"what {name} holds")
    return written.getvalue()


def open_document(kind: str, *more: str) -> bytes:
    """An OpenDocument file."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return packed("content.xml", *more, "META-INF/manifest.xml", first=("mimetype", mimetype))


def compound(*names: str) -> bytes:
    """What an old office file begins with, and its directory."""
    directory = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *names))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + directory


def box(brand: bytes, *compatible: bytes) -> bytes:
    """What an MP4 and its relatives begin with."""
    content = brand + b"\0\0\2\0" + b"".join(compatible)
    return struct.pack(">I", len(content) + 8) + b"ftyp" + content + b"\0\0\0\x08free"


def ogg(header: bytes) -> bytes:
    """The first page of an Ogg stream."""
    return b"OggS\0\2" + bytes(20) + b"\x01" + bytes([len(header)]) + header


DOCX = packed("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = packed("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
PPTX = packed("[Content_Types].xml", "ppt/presentation.xml")
WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f38108") + b"\x42\x82\x84webm\x42\x87\x81\x04"
MATROSKA = WEBM.replace(b"\x84webm", b"\x88matroska")


def jpeg(width: int = 1, height: int = 1) -> bytes:
    """What a JPEG begins with, up to its frame."""
    frame = b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", height, width) + b"\1\1\x11\0"
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + frame + b"\xff\xd9"


JPEG = jpeg()
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"

TAKEN = {
    "jpeg": (JPEG, "", "image", "image/jpeg"),
    "png": (png(), "", "image", "image/png"),
    "gif": (b"GIF89a\1\0\1\0\0\0\0;", "", "image", "image/gif"),
    "webp": (b"RIFF\x1a\0\0\0WEBPVP8L" + bytes(14), "", "image", "image/webp"),
    "pdf": (PDF, "", "document", "application/pdf"),
    "docx": (DOCX, "", "document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (XLSX, "", "document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": (PPTX, "", "document", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "odt": (open_document("text"), "", "document", "application/vnd.oasis.opendocument.text"),
    "ods": (open_document("spreadsheet"), "", "document", "application/vnd.oasis.opendocument.spreadsheet"),
    "odp": (open_document("presentation"), "", "document", "application/vnd.oasis.opendocument.presentation"),
    "doc": (compound("WordDocument"), "", "document", "application/msword"),
    "xls": (compound("Workbook"), "", "document", "application/vnd.ms-excel"),
    "ppt": (compound("PowerPoint Document"), "", "document", "application/vnd.ms-powerpoint"),
    "text": ("Hej, her er min ordre: 10234 – tak 🙂\n".encode(), "", "document", "text/plain"),
    "text with a byte order mark": (b"\xef\xbb\xbfhello", "", "document", "text/plain"),
    "csv of an old encoding": ("navn;by\r\nSøren;Århus\r\n".encode("cp1252"), "text/csv", "document", "text/plain"),
    "ogg opus": (ogg(b"OpusHead\1\2"), "", "audio", "audio/ogg"),
    "ogg vorbis": (ogg(b"\x01vorbis"), "", "audio", "audio/ogg"),
    "mp3 with tags": (b"ID3\4\0\0\0\0\0\0", "", "audio", "audio/mpeg"),
    "mp3": (b"\xff\xfb\x90\x64" + bytes(64), "", "audio", "audio/mpeg"),
    "aac": (b"\xff\xf1\x50\x80" + bytes(64), "", "audio", "audio/aac"),
    "m4a": (box(b"M4A ", b"isom"), "", "audio", "audio/mp4"),
    "sound in mp4": (box(b"isom", b"mp42"), "audio/mp4", "audio", "audio/mp4"),
    "amr": (b"#!AMR\n\x3c" + bytes(31), "", "audio", "audio/amr"),
    "wav": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(20), "", "audio", "audio/wav"),
    "sound in webm": (WEBM, "audio/webm;codecs=opus", "audio", "audio/webm"),
    "mp4": (box(b"mp42", b"isom"), "", "video", "video/mp4"),
    "3gp": (box(b"3gp5", b"isom"), "", "video", "video/3gpp"),
    "mov": (box(b"qt  "), "", "video", "video/quicktime"),
    "webm": (WEBM, "video/webm", "video", "video/webm"),
}
"""Name → bytes, claimed type, kind and type as they are told."""

REFUSED = {
    "html": HTML,
    "html after blanks": b" \r\n\t" + HTML,
    "html after a byte order mark": b"\xef\xbb\xbf" + HTML,
    "svg": SVG,
    "svg with a prolog": b'<?xml version="1.0"?>' + SVG,
    "xml": b"<a/>",
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "rtf": b"{\\rtf1 hello}",
    "postscript": b"%!PS-Adobe-3.0\n",
    "windows program": b"MZ\x90\0\3\0\0\0\4\0\0\0" + bytes(64),
    "linux program": b"\x7fELF\2\1\1\0" + bytes(64),
    "java class": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "zip": packed("a.txt"),
    "jar": packed("META-INF/MANIFEST.MF", "A.class"),
    "apk with a document in it": packed("AndroidManifest.xml", "word/document.xml"),
    "word with macros": packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "opendocument with macros": open_document("text", "Basic/Standard/Module1.xml"),
    "old word with macros": compound("WordDocument", "_VBA_PROJECT"),
    "installer": compound("SummaryInformation"),
    "word with something behind it": DOCX + b"MZ more",
    "word behind something": b"MZ\x90\0" + DOCX,
    "word cut short": DOCX[:-30],
    "opendocument template": open_document("text-template"),
    "gzip": b"\x1f\x8b\x08\0" + bytes(16),
    "rar": b"Rar!\x1a\x07\x01\0",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "heic": box(b"heic", b"mif1", b"isom"),
    "avif": box(b"avif", b"mif1"),
    "tiff": b"II*\0" + bytes(16),
    "bmp": b"BM" + bytes(32),
    "matroska": MATROSKA,
    "ogg video": ogg(b"\x80theora"),
    "avi": b"RIFF\0\0\0\0AVI LIST",
    "text before a pdf": b"hello\n" + PDF,
    "pdf after blanks": b"  %PDF-1.7\n1 0 obj",
    "text in utf-16": "hello".encode("utf-16"),
    "text of an old encoding that nobody called text": "Søren".encode("cp1252"),
    "text cut inside a character": "hej ø".encode()[:-1],
    "text with a control": b"hello\x1b[31m",
    "zeros": bytes(100),
    "blanks": b" \n \n",
}
"""Name → bytes of what is not taken, whatever is claimed."""


async def chunks(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """Yield bytes as they come over a wire."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def gathered(pieces: AsyncIterator[bytes]) -> bytes:
    """Join what is yielded."""
    return b"".join([piece async for piece in pieces])
