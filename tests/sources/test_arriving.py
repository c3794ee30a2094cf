"""What comes in waits for its user, is read, is noticed when it is here already, and is captured once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from claims.undoing import undo_change
from sources import arriving
from sources.arriving import (
    find_arrival,
    find_earlier,
    read_again,
    receive_address,
    receive_file,
    receive_words,
    safe_file_name,
    token_of,
)
from sources.capturing import capture_document, capture_version, read_original
from sources.choices import Access, Role
from sources.extraction.outcome import ENCODING, NotTaken
from sources.fetching import Page
from sources.ledger import By
from sources.models import (
    KEPT_FOR,
    MAX_TEXT_LENGTH,
    Arrival,
    Case,
    Change,
    ChangeItem,
    Document,
    DocumentVersion,
    Original,
    OriginalBytes,
)
from sources.text import sha256_of
from tests import factories as make
from tests.corpus import TEXTS
from tests.files import make_page
from tests.recorded import damages

ARABIC = "قال المتحدث إن الجسر كان مفتوحا يوم الجمعة، ونفى العمدة ذلك."


@pytest.fixture
def case(db: None) -> Case:
    """An open case."""
    return make.make_case()


@pytest.fixture
def user(db: None) -> User:
    """An analyst."""
    return make.make_user()


@pytest.fixture
def me(user: User) -> By:
    """The analyst, acting."""
    return By(actor=user, at=make.NOW)


def fault(act: Callable[[], Any]) -> tuple[str, str]:
    """Return place and code of the one thing that is refused."""
    with pytest.raises(ValidationError) as refused:
        act()
    ((place, errors),) = refused.value.error_dict.items()
    return place, errors[0].code or ""


def captured(by: By, arrival: Arrival, **fields: Any) -> Document:
    """Return a new document of what came in."""
    document = Document(title="The bridge", **fields)
    return capture_document(by=by, case=arrival.case, document=document, versions=[arrival.as_version()])


# --- coming in ---


def test_pasted_words_are_kept_character_by_character(me: By, case: Case) -> None:
    for name, text in TEXTS.items():
        arrival = receive_words(by=me, case=case, text=text)
        version = captured(me, arrival).versions.get()
        assert (version.text, version.sha256) == (text, sha256_of(text)), name
        assert (version.extractor, version.original_sha256) == ("", "")
    assert not Original.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("a\x00b", "unstorable"), ("a\ud800b", "unstorable"), ("x" * (MAX_TEXT_LENGTH + 1), "too_long")],
    ids=["empty", "nul", "surrogate", "long"],
)
def test_words_that_cannot_be_stored_are_refused_at_once(me: By, case: Case, text: str, code: str) -> None:
    assert fault(lambda: receive_words(by=me, case=case, text=text)) == ("text", code)
    assert not Arrival.objects.exists()


def test_a_file_is_kept_with_its_bytes_and_what_was_read_of_them(me: By, case: Case) -> None:
    data = make_page(ARABIC).encode()
    arrival = receive_file(by=me, case=case, data=data, file_name="C:\\Downloads\\bridge.html")
    arrival.refresh_from_db()
    assert (bytes(arrival.data or b""), arrival.file_name, arrival.media_type) == (data, "bridge.html", "text/html")
    assert ARABIC in arrival.text
    assert arrival.suggestions["title"] == "The bridge is open"
    assert not Document.objects.exists()
    assert not Change.objects.filter(act__startswith="capture").exists()

    document = captured(me, arrival)
    version = document.versions.get()
    original = version.original
    assert (version.text, version.extractor, version.extractor_version) == (arrival.text, "trafilatura", "2.3.1/1")
    assert (read_original(original), original.n_bytes, original.sha256) == (data, len(data), version.original_sha256)
    assert (document.byline, document.publisher, document.published_at) == ("", None, None)  # never from suggestions
    assert not Arrival.objects.exists()


def test_a_refused_file_leaves_nothing(me: By, case: Case) -> None:
    assert fault(lambda: receive_file(by=me, case=case, data=b"words", file_name="a.pdf")) == ("file", "wrong_type")
    assert fault(lambda: receive_file(by=me, case=case, data=bytes(arriving.MAX_BYTES + 1))) == ("file", "too_much")
    assert not Arrival.objects.exists()


def test_what_cannot_be_decoded_may_wait_for_a_choice(me: By, case: Case) -> None:
    mixed = "un café ".encode() + b"\xef!"
    assert fault(lambda: receive_file(by=me, case=case, data=mixed)) == ("file", ENCODING)
    unread = receive_file(by=me, case=case, data=mixed, keep_unread=True)
    assert (unread.text, "byte 9" in unread.problem) == ("", True)
    assert fault(lambda: captured(me, unread))[0] == "text"  # there is nothing to capture yet
    again = read_again(by=me, arrival=unread, encoding="windows-1252")
    assert (again.text, again.encoding, again.ground) == ("un cafÃ© ï!", "windows-1252", "chosen")
    assert captured(me, again).versions.get().original.encoding == "windows-1252"
    words = receive_words(by=me, case=case, text="words")
    assert fault(lambda: read_again(by=me, arrival=words, encoding="UTF-8")) == ("encoding", ENCODING)


def test_a_web_address_is_fetched_and_where_it_came_from_is_kept(
    me: By, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make_page(ARABIC, charset="none").replace("“why”", "why").replace("&eacute;", "e").encode("cp1256")
    monkeypatch.setattr(arriving, "fetch", lambda address: Page(page, "https://example.org/bridge", "windows-1256"))
    arrival = receive_address(by=me, case=case, web_address="https://example.org/b")
    assert ARABIC in arrival.text
    assert (arrival.encoding, arrival.ground) == ("windows-1256", "header")
    original = captured(me, arrival).versions.get().original
    assert (original.fetched_from, original.fetched_at) == ("https://example.org/bridge", me.at)

    def refuse(address: str) -> Page:
        raise NotTaken("address_refused", "only public web addresses are fetched")

    monkeypatch.setattr(arriving, "fetch", refuse)
    asked = "http://127.0.0.1/"
    assert fault(lambda: receive_address(by=me, case=case, web_address=asked)) == ("web_address", "address_refused")


def test_who_may_not_write_in_the_case_brings_nothing_in(case: Case) -> None:
    hidden = make.make_case(access=Access.MEMBERS)
    for where, who in ((hidden, make.make_user()), (case, make.make_member(case, Role.READER)), (case, None)):
        with pytest.raises(PermissionDenied):
            receive_words(by=By(actor=who, at=make.NOW), case=where, text="words")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\a.txt", "a.txt"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("a\x00\r\n.txt", "a.txt"),
        ("..", ""),
        ("الجسر.pdf", "الجسر.pdf"),
        ("a" * 300 + ".docx", "a" * 250 + ".docx"),
        ("CON", "CON"),
        ("a\ud800b\udfff.txt", "ab.txt"),
    ],
)
def test_a3_a_file_name_is_only_ever_a_name(name: str, kept: str) -> None:
    assert safe_file_name(name) == kept
    assert len(safe_file_name(name)) <= 255


# --- waiting ---


def test_an_arrival_is_its_users_own_for_a_day(me: By, user: User, case: Case) -> None:
    token = token_of(make.make_arrival(case, user))
    assert find_arrival(token=token, by=me) is not None
    assert find_arrival(token=token, by=By(actor=user, at=make.NOW + KEPT_FOR)) is not None
    for by in (
        By(actor=make.make_admin(), at=make.NOW),
        By(actor=None, at=make.NOW),
        By(actor=user, at=make.NOW + KEPT_FOR + timedelta(microseconds=1)),
    ):
        assert find_arrival(token=token, by=by) is None
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), token.partition(":")[0], "", "x", "\x00"):
        assert find_arrival(token=wrong, by=me) is None


def test_who_was_put_out_of_a_case_has_nothing_waiting_in_it(db: None) -> None:
    hidden = make.make_case(access=Access.MEMBERS)
    member = make.make_member(hidden, Role.ANNOTATOR)
    token, by = token_of(make.make_arrival(hidden, member)), By(actor=member, at=make.NOW)
    assert find_arrival(token=token, by=by) is not None
    hidden.memberships.filter(user=member).delete()
    assert find_arrival(token=token, by=by) is None


def test_old_and_too_many_arrivals_make_room(me: By, user: User, case: Case) -> None:
    old = make.make_arrival(case, make.make_user(), made_at=make.NOW - KEPT_FOR - timedelta(seconds=1))
    others = make.make_arrival(case, make.make_user())
    for number in range(arriving.MAX_WAITING + 3):
        make.make_arrival(case, user, made_at=make.NOW - timedelta(minutes=number + 1))
    newest = receive_words(by=me, case=case, text="words")
    assert Arrival.objects.filter(user=user).count() == arriving.MAX_WAITING
    assert set(Arrival.objects.exclude(user=user)) == {others}
    assert not Arrival.objects.filter(pk=old.pk).exists()
    assert Arrival.objects.filter(pk=newest.pk).exists()


# --- here already ---


def test_what_is_here_already_is_noticed_in_its_case_alone(me: By, user: User, case: Case) -> None:
    there = make.make_document(make.make_case(), "The very words.", web_url="https://example.org/a")
    arrival = make.make_arrival(case, user, "The very words.", fetched_from="https://example.org/a")
    assert find_earlier(arrival) == (None, None)
    assert there.case != case
    same = make.make_document(case, "The very words.")
    assert find_earlier(arrival) == (same.versions.get(), None)


@pytest.mark.parametrize(
    "address", ["https://example.org/a", "https://example.org/a/", "http://example.org/a/", "http://example.org/a"]
)
def test_a_changed_article_is_known_by_its_address(user: User, case: Case, address: str) -> None:
    document = make.make_document(case, "The words of old.", web_url=address)
    arrival = make.make_arrival(case, user, "The words as changed.", suggestions={"web_url": "https://example.org/a"})
    assert find_earlier(arrival) == (None, document)


def test_a_changed_article_is_known_by_where_it_was_fetched_from(user: User, case: Case) -> None:
    document = make.make_arrived(case, user)  # with no web address of its own
    arrival = make.make_arrival(case, user, "Changed.", fetched_from="https://example.org/a.txt")
    assert find_earlier(arrival).same_address == document


def test_a_newer_text_is_a_version_and_the_older_stays(me: By, user: User, case: Case) -> None:
    document = make.make_document(case, "The words of old.")
    arrival = make.make_arrival(case, user, "The words as changed.")
    version = capture_version(by=me, document=document, version=arrival.as_version(is_complete=False))
    assert (version.number, version.is_complete, version.original.file_name) == (2, False, "a.txt")
    assert [one.text for one in document.versions.order_by("number")] == ["The words of old.", "The words as changed."]


# --- captured ---


def test_an_arrival_is_captured_once(me: By, user: User, case: Case) -> None:
    arrival = make.make_arrival(case, user)
    captured(me, arrival)
    assert fault(lambda: captured(me, arrival)) == ("arrival", "gone")
    assert Document.objects.count() == 1


def test_an_arrival_is_captured_by_its_user_in_its_case(me: By, user: User, case: Case) -> None:
    arrival = make.make_arrival(case, user)
    assert fault(lambda: captured(make.CONSOLE, arrival)) == ("arrival", "gone")
    elsewhere = make.make_document(make.make_case())
    version = arrival.as_version()
    assert fault(lambda: capture_version(by=me, document=elsewhere, version=version)) == ("arrival", "other_case")
    assert Arrival.objects.filter(pk=arrival.pk).exists()
    assert Original.objects.count() == 0


def test_the_ledger_holds_the_hash_and_not_the_bytes(user: User, case: Case) -> None:
    document = make.make_arrived(case, user)
    image = ChangeItem.objects.get(kind="original").after
    assert image is not None
    assert image["sha256"] == document.versions.get().original_sha256
    assert "data" not in image
    assert len(str(image)) < 1000


def test_the_same_bytes_are_kept_once(user: User, case: Case) -> None:
    for where in (case, case, make.make_case()):
        make.make_arrived(where, user)
    assert (Original.objects.count(), OriginalBytes.objects.count()) == (3, 1)


def test_a_capture_that_is_undone_and_done_again_has_its_bytes(me: By, user: User, case: Case) -> None:
    make.make_arrived(case, user)
    undo_change(by=me, change=Change.objects.order_by("-sequence")[0])
    assert (DocumentVersion.objects.count(), Original.objects.count()) == (0, 0)
    undo_change(by=me, change=Change.objects.order_by("-sequence")[0])
    assert read_original(Original.objects.get()) == make.TEXT.encode()
    assert damages() == []


# --- verified ---


@pytest.mark.usefixtures("lifted_triggers")
@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda: OriginalBytes.objects.update(data=b"others"), "its bytes do not have the SHA-256"),
        (lambda: OriginalBytes.objects.all().delete(), "its bytes are gone"),
        (lambda: DocumentVersion.objects.update(original_sha256="0" * 64), "not the file that its text was made of"),
        (lambda: Original.objects.update(file_name="b.txt"), "not as the ledger last recorded it"),
    ],
)
def test_a_damaged_original_is_found_and_named(user: User, case: Case, damage: Callable[[], object], what: str) -> None:
    original = make.make_arrived(case, user).versions.get().original
    damage()
    found = damages()
    assert any(str(original.uid) in line and what in line for line in found), found
