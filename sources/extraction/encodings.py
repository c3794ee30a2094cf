"""In which encoding are these bytes, and how does one know?

Public: `decode`, `CHOICES`, `GROUNDS`. A text is decoded whole and strictly: no byte is dropped, none becomes U+FFFD
unless an analyst asked for that by name. A mark of byte order is a mark and no text. Line ends stay as they are.
"""

import codecs
import re
from collections.abc import Iterable
from typing import NamedTuple

from .outcome import ENCODING, NotTaken

BROKEN_UTF_8 = "UTF-8, broken bytes as �"
# Name for people (IANA's) and for Python, in the order in which they are offered.
CHOICES = {
    "UTF-8": "utf-8",
    "UTF-16LE": "utf-16-le",
    "UTF-16BE": "utf-16-be",
    "UTF-32LE": "utf-32-le",
    "UTF-32BE": "utf-32-be",
    "windows-1256": "cp1256",
    "ISO-8859-6": "iso8859-6",
    "windows-1255": "cp1255",
    "ISO-8859-8": "iso8859-8",
    "windows-1252": "cp1252",
    "ISO-8859-1": "latin-1",
    "ISO-8859-15": "iso8859-15",
    "windows-1250": "cp1250",
    "ISO-8859-2": "iso8859-2",
    "windows-1251": "cp1251",
    "KOI8-R": "koi8-r",
    "KOI8-U": "koi8-u",
    "ISO-8859-5": "iso8859-5",
    "IBM866": "cp866",
    "windows-1253": "cp1253",
    "ISO-8859-7": "iso8859-7",
    "windows-1254": "cp1254",
    "windows-1257": "cp1257",
    "windows-1258": "cp1258",
    "windows-874": "cp874",
    "Shift_JIS": "cp932",
    "EUC-JP": "euc_jp",
    "ISO-2022-JP": "iso2022_jp",
    "GB18030": "gb18030",
    "Big5": "big5hkscs",
    "EUC-KR": "cp949",
    "macintosh": "mac-roman",
    BROKEN_UTF_8: "utf-8",
}
GROUNDS = {
    "chosen": "chosen by you",
    "mark": "a byte-order mark at its start says so",
    "header": "the server said so",
    "meta": "the page declares it",
    "valid": "its bytes are valid UTF-8",
    "zeros": "a guess, from where its zero bytes stand",
    "shifts": "its escape sequences are those of no other",
    "guess": "a guess, from which letters follow which",
}
_MARKS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32LE"),  # before UTF-16LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "UTF-32BE"),
    (codecs.BOM_UTF16_LE, "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "UTF-16BE"),
)
_GUESSED = [
    name
    for name in CHOICES.values()
    if name not in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "iso2022_jp")
]
# Labels that pages write and readers take for something wider (WHATWG Encoding, section 4.2), and other spellings.
_READ_AS = {
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "iso-8859-9": "windows-1254",
    "iso-8859-11": "windows-874",
    "tis-620": "windows-874",
    "gb2312": "GB18030",
    "gbk": "GB18030",
    "x-gbk": "GB18030",
    "shift-jis": "Shift_JIS",
    "sjis": "Shift_JIS",
    "x-sjis": "Shift_JIS",
    "windows-31j": "Shift_JIS",
    "ks_c_5601-1987": "EUC-KR",
    "utf-16": "UTF-16LE",
    "utf8": "UTF-8",
}
_BY_LABEL = {name.lower(): name for name in CHOICES if name != BROKEN_UTF_8} | {
    codec: name for name, codec in CHOICES.items() if name != BROKEN_UTF_8
}
_DECLARED = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_XML_DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})[\"']", re.I)
_WIDE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SHIFTS = re.compile(rb"\x1b(?:\$[@B]|\([BJ])")
_SAMPLE = 65_536  # bytes that a guess looks at


class Decoded(NamedTuple):
    """A text, its encoding by name, and on what ground that was taken (a key of `GROUNDS`)."""

    text: str
    encoding: str
    ground: str


def name_of(label: str) -> str:
    """Return the name under which an encoding of this label is offered; empty where it is not."""
    spelled = label.strip().lower()
    return _READ_AS.get(spelled) or _BY_LABEL.get(spelled, "")


def declared_in(page: bytes) -> str:
    """Return the encoding that a web page declares in its first kilobyte; empty where it declares none we know."""
    found = _XML_DECLARED.search(page[:1024]) or _DECLARED.search(page[:2048])
    name = name_of(found[1].decode("ascii")) if found else ""
    return "UTF-8" if name.startswith("UTF-16") else name  # it could not be read if it were true


def decode(data: bytes, *, chosen: str = "", declared: Iterable[tuple[str, str]] = ()) -> Decoded:
    """Return the text of these bytes.

    `chosen` is what an analyst says; `declared` holds (ground, name) of what others say, the weightier first. Raises
    NotTaken with the place of the first byte that does not decode, or where the encoding cannot be told.
    """
    if chosen:
        if chosen not in CHOICES:
            raise NotTaken(ENCODING, "there is no such encoding on the list")
        return _decode(data, chosen, "chosen")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode(data, name, "mark")
    for ground, name in declared:
        if name in CHOICES:
            return _decode(data, name, ground)
    if name := _wide_by_zeros(data):
        return _decode(data, name, "zeros")
    if _SHIFTS.search(data) and data.isascii():
        return _decode(data, "ISO-2022-JP", "shifts")
    try:
        return _whole(Decoded(data.decode("utf-8"), "UTF-8", "valid"))
    except UnicodeDecodeError as broken:
        if _is_nearly_utf_8(data):
            raise _refusal(data, "UTF-8", broken) from broken
    return _guess(data)


def _decode(data: bytes, name: str, ground: str) -> Decoded:
    for mark, of in _MARKS:
        if CHOICES[of] == CHOICES[name]:
            data = data.removeprefix(mark)
    try:
        text = data.decode(CHOICES[name], "replace" if name == BROKEN_UTF_8 else "strict")
    except UnicodeDecodeError as broken:
        raise _refusal(data, name, broken) from broken
    return _whole(Decoded(text, name, ground))


def _whole(decoded: Decoded) -> Decoded:
    """Return it, where it can be stored."""
    place = decoded.text.find("\x00")
    if place >= 0:
        message = f"read as {decoded.encoding}, character {place} is a NUL: choose another encoding, or it is no text"
        raise NotTaken(ENCODING, message)
    return decoded


def _refusal(data: bytes, name: str, broken: UnicodeDecodeError) -> NotTaken:
    line = data.count(b"\n", 0, broken.start) + 1
    byte = data[broken.start] if broken.start < len(data) else 0
    where = f"byte {broken.start} ({byte:#04x}, in line {line})"
    return NotTaken(ENCODING, f"read as {name}, {where} is no character: choose another encoding")


def _wide_by_zeros(data: bytes) -> str:
    """Return UTF-16LE or UTF-16BE where every second byte of mostly western text is zero; else nothing."""
    head = data[:4096]
    if len(data) % 2 or not head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.05 and even == 0:
        return "UTF-16LE"
    return "UTF-16BE" if even > half * 0.05 and odd == 0 else ""


def _is_nearly_utf_8(data: bytes) -> bool:
    """Tell whether most of what is not ASCII is UTF-8: then a byte is broken, and no other encoding is meant."""
    n_wide = sum(len(found) for found in _WIDE.findall(data))
    n_high = sum(1 for byte in data if byte >= 0x80)
    return n_wide > 0.6 * n_high


def _guess(data: bytes) -> Decoded:
    from charset_normalizer import from_bytes  # slow to load, and seldom needed

    for match in from_bytes(data[:_SAMPLE], cp_isolation=_GUESSED, preemptive_behaviour=False, enable_fallback=False):
        name = _BY_LABEL.get(match.encoding) or _BY_LABEL.get(match.encoding.replace("_", "-")) or ""
        name = name or next((n for n, codec in CHOICES.items() if _same(codec, match.encoding)), "")
        if not name:
            continue
        try:
            decoded = _decode(data, name, "guess")
        except NotTaken:
            continue
        if not any(_is_control(character) for character in set(decoded.text)):
            return decoded
    raise NotTaken(ENCODING, "in which encoding it is written cannot be told: choose one")


def _same(one: str, other: str) -> bool:
    return codecs.lookup(one).name == codecs.lookup(other).name


def _is_control(character: str) -> bool:
    return (character < " " and character not in "\t\n\r\f\v") or "\x7f" <= character <= "\x9f"
