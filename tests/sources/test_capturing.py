"""A text comes in as it is, every character of it, and stays so."""

import codecs
import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from sources.capturing import capture_document, capture_documents, capture_version, decode_text, find_same_text
from sources.choices import Role
from sources.ledger import By
from sources.models import MAX_TEXT_LENGTH, Case, Change, Document, DocumentVersion
from sources.refusals import RowsRefused
from tests import factories as make
from tests.corpus import TEXTS, WITHOUT_A_SPACE

any_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def capture(case: Case, *texts: str, **fields: object) -> Document:
    """Return a new document with these texts as its versions."""
    document = Document(**{"title": "A paper", **fields})
    versions = [DocumentVersion(text=text) for text in texts]
    return capture_document(by=make.CONSOLE, case=case, document=document, versions=versions)


def refusal(case: Case, *texts: str, **fields: object) -> ValidationError:
    """Return how a document is refused; asserts that nothing was written."""
    n_entries = Change.objects.count()
    with pytest.raises(ValidationError) as refused:
        capture(case, *texts, **fields)
    assert Change.objects.count() == n_entries
    assert not Document.objects.filter(case=case).exists()
    assert not DocumentVersion.objects.filter(case=case).exists()
    return refused.value


# --- bytes to text ---


@given(any_text)
def test_every_character_of_a_file_is_kept(text: str) -> None:
    assert decode_text(codecs.BOM_UTF8 + text.encode()) == text
    assert decode_text(text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_of_the_corpus_is_its_bytes(name: str) -> None:
    assert decode_text(TEXTS[name].encode()) == TEXTS[name]


def test_a_byte_order_mark_is_none_of_the_text_at_its_start_and_all_of_it_elsewhere() -> None:
    mark = codecs.BOM_UTF8
    assert decode_text(mark) == ""
    assert decode_text(mark + b"text") == "text"
    assert decode_text(mark + mark + b"text") == "\ufefftext"
    assert decode_text(b"te" + mark + b"xt" + mark) == "te\ufeffxt\ufeff"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"caf\xe9", "byte 3 (0xe9)"),
        (b"\xff\xfet\x00e\x00", "byte 0 (0xff)"),  # UTF-16
        (codecs.BOM_UTF8 + b"ab\x80", "byte 5 (0x80)"),
        (b"over\xc0\xaflong", "byte 4 (0xc0)"),
        (b"\xed\xa0\x80", "byte 0 (0xed)"),  # a surrogate, as CESU-8 has it
        (b"beyond \xf4\x90\x80\x80", "byte 7 (0xf4)"),
        (b"cut \xf0\x9f\x92", "byte 4 (0xf0)"),
        ("\u0642\u0627\u0644".encode("cp1256"), "byte 0 (0xde)"),
    ],
)
def test_bytes_that_are_not_utf_8_are_refused_with_their_place(data: bytes, place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        decode_text(data)
    assert place in str(refused.value.message_dict["text"])
    assert refused.value.error_dict["text"][0].code == "not_utf8"


# --- text to database, and back ---


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*TEXTS, "without a space"])
def test_a_captured_text_is_read_back_as_it_came(name: str) -> None:
    text = {**TEXTS, "without a space": WITHOUT_A_SPACE}[name]
    version = DocumentVersion.objects.get(document=capture(make.make_case(), text))
    assert version.text == text
    assert version.n_characters == len(text)
    assert version.sha256 == hashlib.sha256(text.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(text) FROM sources_documentversion WHERE id = %s", [version.pk])
        assert cursor.fetchone() == (len(text),)


@pytest.mark.django_db
def test_every_control_character_but_nul_is_kept() -> None:
    text = "".join(f"{code:02x}{chr(code)}" for code in (*range(1, 0x20), *range(0x7F, 0xA0), 0xAD, 0xFEFF, 0xFFFE))
    version = DocumentVersion.objects.get(document=capture(make.make_case(), text))
    assert version.text == text


@pytest.mark.django_db
@pytest.mark.parametrize("text", [" ", "\n", "\r\n\r\n", "\u200b", "\ufeff", "\u0301"])
def test_a_text_of_white_space_is_a_text(text: str) -> None:
    assert DocumentVersion.objects.get(document=capture(make.make_case(), text)).text == text


@pytest.mark.django_db
def test_titles_and_bylines_are_kept_with_their_outer_spaces_and_line_ends() -> None:
    document = capture(make.make_case(), "text", title="  A “paper”\r\n ", byline="\tAnna\u00a0Berg\n")
    document = Document.objects.get(pk=document.pk)
    assert (document.title, document.byline) == ("  A “paper”\r\n ", "\tAnna\u00a0Berg\n")


# --- what is refused ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("\x00", "unstorable"),
        ("in the\x00middle", "unstorable"),
        ("at the end\x00", "unstorable"),
        ("\ud83d", "unstorable"),
        ("half an emoji \ud83d here", "unstorable"),
        ("the other half \udca9", "unstorable"),
        ("a pair \ud83d\udca9 is no character either", "unstorable"),
        ("both \x00 and \ud800", "unstorable"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_and_nothing_written(text: str, code: str) -> None:
    refused = refusal(make.make_case(), text)
    assert code in {error.code for error in refused.error_dict["text"]}


@pytest.mark.django_db
@pytest.mark.parametrize("bad", ["nul \x00", "surrogate \udfff"])
@pytest.mark.parametrize("field", ["title", "byline", "web_url", "language", "media_type"])
def test_no_column_of_a_document_takes_what_no_database_holds(field: str, bad: str) -> None:
    refused = refusal(make.make_case(), "text", **{field: bad})
    assert "unstorable" in {error.code for error in refused.error_dict[field]}


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["extractor", "extractor_version", "original_sha256"])
def test_no_column_of_a_version_takes_what_no_database_holds(field: str) -> None:
    case = make.make_case()
    version = DocumentVersion(text="text", **{field: "\x00"})
    with pytest.raises(ValidationError) as refused:
        capture_document(by=make.CONSOLE, case=case, document=Document(title="A paper"), versions=[version])
    assert set(refused.value.error_dict) == {field}
    assert not Document.objects.filter(case=case).exists()


@pytest.mark.django_db
def test_a_text_of_five_million_characters_is_taken_and_one_more_is_not() -> None:
    case = make.make_case()
    refused = refusal(case, "a" * (MAX_TEXT_LENGTH + 1))
    assert refused.error_dict["text"][0].code == "too_long"
    assert "5,000,001 characters; at most 5,000,000" in str(refused)
    document = capture(case, "a" * MAX_TEXT_LENGTH)
    assert document.versions.without_text().get().n_characters == MAX_TEXT_LENGTH


@pytest.mark.django_db
def test_where_one_of_several_versions_is_refused_none_is_written() -> None:
    assert "text" in refusal(make.make_case(), "the first", "").error_dict


@pytest.mark.django_db
def test_where_one_of_several_documents_is_refused_none_is_written_and_each_fault_is_told() -> None:
    case = make.make_case()
    n_entries = Change.objects.count()
    given = [("one", "text"), ("", "text"), ("three", "text"), ("four", "")]
    with pytest.raises(RowsRefused) as refused:
        capture_documents(
            by=make.CONSOLE,
            case=case,
            documents=[(Document(title=title), [DocumentVersion(text=text)]) for title, text in given],
        )
    assert {index: set(error.error_dict) for index, error in refused.value.errors.items()} == {
        1: {"title"},
        3: {"text"},
    }
    assert not Document.objects.filter(case=case).exists()
    assert Change.objects.count() == n_entries
    written = capture_documents(
        by=make.CONSOLE,
        case=case,
        documents=[(Document(title=title), [DocumentVersion(text=title)]) for title in ("one", "two")],
    )
    assert [document.title for document in written] == ["one", "two"]
    assert Change.objects.count() == n_entries + 1


@pytest.mark.django_db
def test_a_document_without_a_title_is_refused() -> None:
    assert set(refusal(make.make_case(), "text", title="").error_dict) == {"title"}


@pytest.mark.django_db
def test_a_reader_captures_nothing() -> None:
    case = make.make_case(access="members")
    by = By(actor=make.make_member(case, Role.READER), at=make.NOW)
    with pytest.raises(PermissionDenied):
        make.make_document(case, by=by)
    annotator = By(actor=make.make_member(case, Role.ANNOTATOR), at=make.NOW)
    document = make.make_document(case, by=annotator)
    with pytest.raises(PermissionDenied):
        capture_version(by=by, document=document, version=DocumentVersion(text="another"))
    assert document.versions.count() == 1


# --- versions ---


@pytest.mark.django_db
def test_versions_are_numbered_from_one_in_each_document() -> None:
    case = make.make_case()
    one, other = capture(case, "first", "second"), capture(case, "first")
    later = capture_version(by=make.CONSOLE, document=one, version=DocumentVersion(text="third"))
    assert later.number == 3
    assert list(one.versions.newest_first().values_list("number", "text")) == [
        (3, "third"),
        (2, "second"),
        (1, "first"),
    ]
    assert list(other.versions.values_list("number", flat=True)) == [1]


@pytest.mark.django_db
def test_a_new_version_leaves_the_older_ones_and_their_evidence_as_they_were() -> None:
    case = make.make_case()
    document = make.make_document(case)
    old = make.version_of(document)
    statement = make.make_statement(make.make_claim(case), document=document, quote="The mayor would not say")
    capture_version(by=make.CONSOLE, document=document, version=DocumentVersion(text="The mayor would say."))
    statement.excerpt.refresh_from_db()
    kept = DocumentVersion.objects.get(pk=old.pk)
    assert (kept.text, kept.sha256, kept.revision) == (old.text, old.sha256, 1)
    assert statement.excerpt.version_id == old.pk
    assert kept.text[statement.excerpt.start : statement.excerpt.end] == "The mayor would not say"


@pytest.mark.django_db
def test_number_length_hash_and_time_are_given_here_whatever_the_caller_says() -> None:
    case, other = make.make_case(), make.make_case()
    theirs = make.make_document(other)
    version = DocumentVersion(
        text="text", number=9, n_characters=1, sha256="0" * 64, captured_at=None, case=other, document=theirs
    )
    document = capture_document(by=make.CONSOLE, case=case, document=Document(title="A paper"), versions=[version])
    kept = document.versions.get()
    assert (kept.number, kept.n_characters, kept.captured_at) == (1, 4, make.NOW)
    assert kept.sha256 == hashlib.sha256(b"text").hexdigest()
    assert (kept.case_id, kept.document_id) == (case.pk, document.pk)
    assert theirs.versions.count() == 1


@pytest.mark.django_db
def test_capturing_is_one_entry_of_the_ledger() -> None:
    case = make.make_case()
    n_entries = Change.objects.count()
    capture(case, "first", "second")
    entry = Change.objects.order_by("-sequence")[0]
    assert Change.objects.count() == n_entries + 1
    assert (entry.act, entry.case_uid) == ("capture_document", case.uid)
    assert sorted(entry.items.values_list("kind", flat=True)) == ["document", "documentversion", "documentversion"]


# --- the same text again ---


@pytest.mark.django_db
def test_the_same_text_is_found_in_its_own_case_and_the_first_of_several() -> None:
    case, other = make.make_case(), make.make_case()
    first = capture(case, "something else", TEXTS["emoji"])
    capture(case, TEXTS["emoji"])
    found = find_same_text(case, TEXTS["emoji"])
    assert found is not None
    assert (found.document_id, found.number) == (first.pk, 2)
    assert found.get_deferred_fields() == {"text"}
    assert find_same_text(other, TEXTS["emoji"]) is None


@pytest.mark.django_db
def test_a_text_that_differs_in_the_least_is_another() -> None:
    case = make.make_case()
    capture(case, TEXTS["composed"])
    capture(case, "one\ntwo")
    for text in (TEXTS["decomposed"], TEXTS["composed"] + "\n", "one\r\ntwo", "One\ntwo", "", "one"):
        assert find_same_text(case, text) is None


@pytest.mark.django_db
def test_what_is_no_text_is_in_no_case() -> None:
    case = make.make_case()
    capture(case, "text")
    assert find_same_text(case, "half an emoji \ud83d") is None
    assert find_same_text(case, "a NUL \x00") is None
