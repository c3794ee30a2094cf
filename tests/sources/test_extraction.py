"""From bytes to text: encodings, sorts of files, the projection of each, and the process in which they are read."""

import io
import socket
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from sources.extraction import running
from sources.extraction.docx import read_word
from sources.extraction.encodings import BROKEN_UTF_8, CHOICES, declared_in, decode
from sources.extraction.html import read_page
from sources.extraction.kinds import kind_of
from sources.extraction.outcome import DAMAGED, ENCODING, ENCRYPTED, NO_TEXT, TOO_MUCH, WRONG_TYPE, NotTaken
from sources.extraction.pdf import project, read_pdf
from sources.extraction.plain import read_text
from sources.extraction.running import read_file
from tests.corpus import TEXTS
from tests.files import MAIN, make_docx, make_page, make_pdf, make_zip, paragraph

ARABIC = "قال المتحدث إن الجسر كان مفتوحا يوم الجمعة، ونفى العمدة ذلك. وعبرت الشاحنات النهر في المساء."
JAPANESE = "報道官は金曜日に橋が開いていたと述べたが、市長はそれを否定した。トラックは夕方に川を渡った。"
RUSSIAN = "Представитель сказал, что мост был открыт в пятницу, а мэр это отрицал. Грузовики пересекли реку."
FRENCH = "Le porte-parole a déclaré que le pont était ouvert vendredi ; le maire l’a nié. Élan à Noël."


def refused(code: str, *arguments: object, by: object = decode, **options: object) -> str:
    """Return the words in which it is refused, with this code."""
    with pytest.raises(NotTaken) as found:
        by(*arguments, **options)  # type: ignore[operator]
    assert found.value.code == code, found.value.message
    return found.value.message


# --- encodings (C8, C12, C15) ---


@pytest.mark.parametrize(
    ("text", "codec", "name", "ground"),
    [
        (ARABIC, "cp1256", "windows-1256", "guess"),
        (ARABIC, "iso8859-6", "ISO-8859-6", "guess"),
        (ARABIC, "utf-16-le", "UTF-16LE", "zeros"),
        (ARABIC, "utf-16-be", "UTF-16BE", "zeros"),
        (ARABIC, "utf-8", "UTF-8", "valid"),
        (ARABIC, "utf-8-sig", "UTF-8", "mark"),
        (JAPANESE, "cp932", "Shift_JIS", "guess"),
        (JAPANESE, "euc_jp", "EUC-JP", "guess"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP", "shifts"),
        (RUSSIAN, "cp1251", "windows-1251", "guess"),
        (RUSSIAN, "koi8-r", "KOI8-R", "guess"),
        (FRENCH, "cp1252", "windows-1252", "guess"),
        ("plain", "ascii", "UTF-8", "valid"),
    ],
)
def test_an_encoding_is_recognised_and_told_with_its_ground(text: str, codec: str, name: str, ground: str) -> None:
    assert decode(text.encode(codec)) == (text, name, ground)


@pytest.mark.parametrize(
    ("mark", "codec", "name"),
    [
        (b"\xff\xfe", "utf-16-le", "UTF-16LE"),
        (b"\xfe\xff", "utf-16-be", "UTF-16BE"),
        (b"\xff\xfe\x00\x00", "utf-32-le", "UTF-32LE"),
        (b"\x00\x00\xfe\xff", "utf-32-be", "UTF-32BE"),
        (b"\xef\xbb\xbf", "utf-8", "UTF-8"),
    ],
)
def test_a_mark_of_byte_order_tells_and_is_no_text(mark: bytes, codec: str, name: str) -> None:
    data = mark + ARABIC.encode(codec)
    assert decode(data, declared=[("meta", "windows-1252")]) == (ARABIC, name, "mark")
    assert decode(data, chosen=name) == (ARABIC, name, "chosen")


def test_what_is_declared_counts_before_a_guess_and_the_server_before_the_page() -> None:
    data = ARABIC.encode("cp1256")
    assert decode(data, declared=[("header", "windows-1256"), ("meta", "windows-1251")]).ground == "header"
    assert decode(data, declared=[("header", ""), ("meta", "windows-1256")]) == (ARABIC, "windows-1256", "meta")


def test_a_choice_counts_before_everything() -> None:
    data = ARABIC.encode("cp1256")
    assert decode(data, chosen="windows-1252", declared=[("header", "windows-1256")]).text != ARABIC
    assert refused(ENCODING, data, chosen="no such encoding")


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (b'<meta charset="windows-1256">', "windows-1256"),
        (b"<META http-equiv=content-type content='text/html; charset=iso-8859-1'>", "windows-1252"),
        (b'<?xml version="1.0" encoding="EUC-JP"?><html>', "EUC-JP"),
        (b'<meta charset="utf-16">', "UTF-8"),
        (b'<meta charset="gb2312">', "GB18030"),
        (b'<meta charset="no-such">', ""),
        (b"<p>none</p>", ""),
    ],
)
def test_what_a_page_declares_is_read_as_the_web_reads_it(page: bytes, name: str) -> None:
    assert declared_in(page) == name


def test_bytes_of_two_encodings_are_refused_with_the_place_of_the_first() -> None:
    mixed = "un café\nau lait ".encode() + "naïf".encode("cp1252")
    message = refused(ENCODING, mixed)
    assert "byte 19 (0xef, in line 2)" in message
    assert "choose another encoding" in message
    assert decode(mixed, chosen="windows-1252").text == "un cafÃ©\nau lait naïf"


def test_a_broken_byte_is_marked_only_where_that_was_chosen() -> None:
    mixed = "un café ".encode() + b"\xef!"
    assert decode(mixed, chosen=BROKEN_UTF_8) == ("un café \ufffd!", BROKEN_UTF_8, "chosen")
    for name in CHOICES:
        if name != BROKEN_UTF_8:
            with suppress(NotTaken):
                assert "\ufffd" not in decode(mixed, chosen=name).text


@pytest.mark.parametrize("data", [b"a\x00b", bytes(range(256)), b"\x81\x8d\x8f\x90\x9d" * 9, b"\xff\xfe\x00"])
def test_what_cannot_be_told_is_refused(data: bytes) -> None:
    refused(ENCODING, data)


def test_a_text_file_is_one_decode_of_its_bytes() -> None:
    for name, text in TEXTS.items():
        found = read_text(text.encode("utf-8"), "", "")
        assert (found.text, found.encoding) == (text.removeprefix("\ufeff"), "UTF-8"), name


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x85", "\u2028", "\u2029", "\x0b", "\x0c"])
def test_line_ends_and_controls_of_an_upload_stay(end: str) -> None:
    text = f" first{end}second{end}\x01\x9f\ufdd0\ue000{'a' + chr(0x301) * 100} "
    for codec, name in (("utf-8", ""), ("utf-16-le", "UTF-16LE"), ("utf-32-be", "UTF-32BE"), ("gb18030", "GB18030")):
        assert read_text(text.encode(codec), name, "").text == text


def test_an_empty_file_is_refused() -> None:
    refused(NO_TEXT, b"", "", "", by=read_text)


# --- sorts of files (B8, B10) ---


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"words", "", "text"),
        (b"words", "a.TXT", "text"),
        (b"# words", "a.md", "text"),
        (b"<p>words</p>", "a.md", "text"),
        (b"1 < 2 and <p>", "a.txt", "text"),
        (b"<!DOCTYPE html><p>", "a.htm", "html"),
        (b"\xef\xbb\xbf \n<!-- x --><html>", "", "html"),
        ("\ufeff<html>".encode("utf-16-le"), "", "html"),
        ("<html>".encode("utf-16-be"), "", "html"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html>', "a.html", "html"),
        (b"some words <br> and more", "a.html", "html"),
        (make_pdf([["x"]]), "a.pdf", "pdf"),
        (make_docx(paragraph("x")), "a.docx", "docx"),
    ],
)
def test_the_content_tells_what_it_is(data: bytes, name: str, kind: str) -> None:
    assert kind_of(data, name) == kind


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "a.txt"),
        (b"<!DOCTYPE html><html>", "a.md"),
        (make_pdf([["x"]]), "a.txt"),
        (make_pdf([["x"]]), "a.html"),
        (make_docx(paragraph("x")), "a.txt"),
        (b"words", "a.pdf"),
        (b"words", "a.docx"),
        (b"words", "a.html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.txt"),
        (b'<?xml version="1.0"?>\n<!-- x --><svg/>', "a.html"),
        (b"<!DOCTYPE svg><svg/>", ""),
        (b'<?xml version="1.0"?><graphml/>', "a.txt"),
        (b'<!DOCTYPE lolz [<!ENTITY a SYSTEM "file:///etc/passwd">]><lolz>&a;</lolz>', "a.html"),
        (make_pdf([["x"]]) + make_zip({"a": b"b"}), "a.pdf"),
        (b"GIF89a" + make_pdf([["x"]]), "a.pdf"),
        (b"words before " + make_pdf([["x"]]), "a.pdf"),
        (b"\x89PNG\r\n\x1a\n", "a.txt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx"),
        (b"{\\rtf1 x}", "a.txt"),
        (b"\x1f\x8b\x08", ""),
        (b"\x00\x00\x00\x18ftypmp42", ""),
    ],
)
def test_what_is_something_else_whatever_it_is_called_is_refused(data: bytes, name: str) -> None:
    refused(WRONG_TYPE, data, name, by=kind_of)


# --- web pages (C11) ---


def test_a_page_becomes_its_main_text_and_suggests_what_it_says_of_itself() -> None:
    found = read_page(make_page().encode(), "", "")
    assert found.text == (
        "The bridge is open\n"
        "Anna\u00a0said the bridge was open.\n"
        "Boris & Carla denied it, said the café.\n"
        "The mayor would not say — “why”.\n"
        "- One lorry\n- Two lorries\n| north | 3 | \n| south | 5 |"
    )
    assert found.suggestions == {
        "title": "The bridge is open",
        "byline": "Ada Lund",
        "publisher": "The Weekly Bridge",
        "published_on": "2020-05-01",
        "language": "en-GB",
        "web_url": "https://example.org/bridge",
    }
    assert (found.extractor, found.extractor_version, found.ground) == ("trafilatura", "2.3.1/1", "meta")


def test_the_same_page_is_the_same_text_each_time() -> None:
    page = make_page(ARABIC).encode()
    assert read_page(page, "", "") == read_page(page, "", "")


def test_a_page_is_decoded_as_it_declares_and_as_the_server_says_before() -> None:
    page = make_page(ARABIC, charset="windows-1256").replace("“why”", "why").replace("&eacute;", "e").encode("cp1256")
    assert ARABIC in read_page(page, "", "").text
    assert ARABIC in read_page(page.replace(b'charset="windows-1256"', b'charset="utf-8"'), "", "windows-1256").text
    refused(ENCODING, page.replace(b'charset="windows-1256"', b'charset="utf-8"'), "", "", by=read_page)


def test_entities_of_a_page_are_never_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "boom boom"><!ENTITY b "&a;&a;&a;">]>'
    text = read_page(make_page("&b; stood there").replace("<!doctype html>", bomb).encode(), "", "").text
    assert "&b; stood there" in text


@pytest.mark.parametrize(
    "inner",
    [
        "<div>" * 300 + "x" + "</div>" * 300,
        "</b>" * 200_000,
        "<br>" * 200_000,
        "<p " + " ".join(f"a{n}=1" for n in range(3000)) + ">x</p>",
        "<p " + " ".join(f"a{n}" for n in range(3000)) + ">x</p>",
        "<p a=1>" * 1 + "<i a=1 b=2 c=3>" * 90_000,
    ],
    ids=["deep", "stray ends", "many tags", "attributes", "bare attributes", "attributes of all"],
)
def test_a_page_made_to_hurt_is_refused(inner: str) -> None:
    refused(TOO_MUCH, make_page(inner).encode(), "", "", by=read_page)


def test_a_page_without_words_is_refused() -> None:
    refused(NO_TEXT, b"<!doctype html><html><body><script>x()</script></body></html>", "", "", by=read_page)


# --- PDF ---


def test_a_pdf_becomes_its_pages_as_they_are_printed() -> None:
    info = "/Title (The bridge) /Author (Ada Lund) /CreationDate (D:20200501100000Z)"
    found = read_pdf(make_pdf([["Anna said the bridge", "was open."], [], ["Boris denied it."]], info))
    assert found.text == "Anna said the bridge\nwas open.\n\nBoris denied it."
    assert found.suggestions == {
        "title": "The bridge",
        "byline": "Ada Lund",
        "published_on": "2020-05-01",
        "language": "en",
    }
    assert found.notes == ["3 pages; lines stand as they are printed.", "No text on page 2: a picture, or a scan."]


def test_the_text_of_a_page_loses_ligatures_and_nothing_that_is_written() -> None:
    assert project("oﬃce  \r\nﬁle\x00\x02 exam-\rple\ud800\n") == "office\nfile exam-\nple"


def test_a_scan_says_that_it_is_one() -> None:
    assert "probably scanned" in refused(NO_TEXT, make_pdf([[], []]), by=read_pdf)


def test_a_locked_pdf_is_refused() -> None:
    from pypdf import PdfReader, PdfWriter

    for password, code in (("secret", ENCRYPTED), ("", NO_TEXT)):  # an empty password opens: many only forbid printing
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf([[]]))))
        writer.encrypt(user_password=password, owner_password="other", algorithm="RC4-128")
        held = io.BytesIO()
        writer.write(held)
        refused(code, held.getvalue(), by=read_pdf)


@pytest.mark.parametrize("data", [b"%PDF-1.4", b"%PDF-1.4\n" + b"\xff" * 999, make_pdf([["x"]])[:120]])
def test_a_damaged_pdf_is_refused(data: bytes) -> None:
    refused(DAMAGED, data, by=read_pdf)


# --- Word ---

TABLE = (
    "<w:tbl><w:tr><w:tc>" + paragraph("north") + paragraph("bank") + "</w:tc><w:tc>" + paragraph("3") + "</w:tc></w:tr>"
    "<w:tr><w:tc>" + paragraph("south") + "</w:tc><w:tc>" + paragraph("5") + "</w:tc></w:tr></w:tbl>"
)


def test_a_word_document_becomes_its_paragraphs_tables_and_notes() -> None:
    body = (
        paragraph("Anna said", "<w:r><w:tab/></w:r>", "the bridge was open.")
        + paragraph(
            "Boris ",
            "<w:ins><w:r><w:t>flatly</w:t></w:r></w:ins>",
            "<w:del><w:r><w:delText>never</w:delText></w:r></w:del>",
        )
        + TABLE
        + "<w:sdt><w:sdtContent>"
        + paragraph("In a box")
        + "</w:sdtContent></w:sdt>"
        + paragraph("Two", "<w:r><w:br/></w:r>", "lines")
        + "<w:sectPr/>"
    )
    found = read_word(make_docx(body, notes=paragraph("As told to her.")))
    assert found.text == (
        "Anna said\tthe bridge was open.\nBoris flatly\nnorth bank\t3\nsouth\t5\n"
        "In a box\nTwo\nlines\n\nAs told to her."
    )
    assert any("insertions are in the text" in note for note in found.notes)


def _bomb() -> bytes:
    return make_docx(paragraph("x"), further={"word/media/a.bin": bytes(5 * 2**20)})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_bomb(), TOO_MUCH),
        (make_docx(paragraph("x"), further={f"a{n}": b"" for n in range(1001)}), TOO_MUCH),
        (make_docx("<w:p>" * 400 + "</w:p>" * 400), DAMAGED),
        (make_docx(paragraph("x"), further={"word/vbaProject.bin": b"x"}), WRONG_TYPE),
        (make_docx(paragraph("x"), main=MAIN.replace("openxmlformats-officedocument", "other")), WRONG_TYPE),
        (make_zip({"xl/workbook.xml": b"", "[Content_Types].xml": MAIN.encode()}), WRONG_TYPE),
        (make_zip({"a.txt": b"words"}), WRONG_TYPE),
        (make_docx(paragraph("x"), further={"word/styles.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), WRONG_TYPE),
        (make_docx(paragraph("")), NO_TEXT),
        (b"PK\x03\x04 and nothing", DAMAGED),
        (make_docx(paragraph("x"))[:300], DAMAGED),
    ],
    ids=["bomb", "entries", "deep", "macros", "type", "sheet", "archive", "entities", "empty", "no archive", "cut"],
)
def test_a_word_document_made_to_hurt_or_no_such_is_refused(data: bytes, code: str) -> None:
    refused(code, data, by=read_word)


def test_an_archive_is_looked_through_and_not_unpacked() -> None:
    assert zipfile.is_zipfile(io.BytesIO(_bomb()))
    assert len(_bomb()) < 20_000


# --- the process ---


def test_a_file_is_read_in_a_process_of_its_own() -> None:
    found = read_file(make_page(ARABIC).encode(), file_name="bridge.html")
    assert (found.kind, ARABIC in found.text, found.suggestions["title"]) == ("html", True, "The bridge is open")
    assert read_file(ARABIC.encode("cp1256"), encoding="windows-1256").text == ARABIC
    with pytest.raises(NotTaken):
        read_file(b"words", file_name="a.pdf")


def test_a_process_that_is_late_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_SECONDS", 0.01)
    assert "took too long" in refused(TOO_MUCH, b"words", by=read_file)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "took too long"),
        ("import sys; sys.exit(3)", "cannot be read"),
        ("print('no JSON')", "cannot be read"),
        ('print(\'{"extraction": {"text": 1}}\')', "cannot be read"),
    ],
)
def test_whatever_becomes_of_the_process_there_is_an_answer(
    monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    popen = subprocess.Popen
    instead = [sys.executable, "-c", code]
    monkeypatch.setattr(running.subprocess, "Popen", lambda order, **options: popen(instead, **options))
    with pytest.raises(NotTaken) as told:
        read_file(b"words")
    assert message in told.value.message


def test_the_process_is_confined() -> None:
    root = Path(running.__file__).parents[2]
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        code = (
            "from sources.extraction.worker import confine\nimport os, socket, subprocess\nconfine()\n"
            "def no(act):\n    try:\n        act()\n"
            "    except (OSError, MemoryError) as found:\n        print(type(found).__name__)\n"
            f"no(lambda: socket.create_connection(('127.0.0.1', {canary.getsockname()[1]})))\n"
            "no(lambda: socket.getaddrinfo('example.org', 80))\n"
            "no(lambda: subprocess.run(['true']))\nno(lambda: os.system('true'))\n"
            "no(lambda: open('/tmp/written-by-a-parser', 'w'))\nno(lambda: bytearray(2**30))\n"
        )
        ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
        assert ran.stdout.split() == ["PermissionError"] * 5 + ["MemoryError"]
        with pytest.raises(BlockingIOError):
            canary.accept()


def test_the_process_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, str]] = []
    popen = subprocess.Popen

    def start(order: list[str], **options: object) -> object:
        given.append(options["env"])  # type: ignore[arg-type]
        return popen(order, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(running.subprocess, "Popen", start)
    read_file(b"words")
    assert [set(environment) for environment in given] == [{"LANG", "TZ"}]
