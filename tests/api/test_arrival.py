"""Previews by the API, the captures that follow them, and the files that texts were made of."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from sources.api.shapes import PreviewShape, VersionShape
from sources.choices import Access, Role
from sources.models import Arrival, Case, Document
from tests import factories as make
from tests.files import make_page, make_pdf

from .calling import ABSENT, ROOT, Api, check_problem, state
from .checking import find_mismatches

PREVIEW = "documents/preview/"
ARABIC = "قال المتحدث إن الجسر كان مفتوحا يوم الجمعة، ونفى العمدة ذلك.\r\nنعم"


@pytest.fixture
def case(db: None) -> Case:
    """An open case."""
    return make.make_case()


def send(api: Api, case: Case, data: bytes, name: str = "a.txt", **fields: Any) -> Any:
    """Return the answer to an upload."""
    values = {"case": str(case.uid), "file": SimpleUploadedFile(name, data), **fields}
    return api.send("POST", PREVIEW, encode_multipart(BOUNDARY, values), content_type=MULTIPART_CONTENT)


def preview(api: Api, case: Case, data: bytes, name: str = "a.txt", **fields: Any) -> Any:
    """Return what an upload came to."""
    answer = send(api, case, data, name, **fields)
    assert answer.status_code == 201, answer.content
    assert list(find_mismatches(answer.json(), PreviewShape)) == []
    return answer.json()


def test_a_file_is_previewed_and_captured_exactly_so(analyst: Api, case: Case) -> None:
    data = ARABIC.encode("cp1256")
    shown = preview(analyst, case, data)
    assert (shown["text"], shown["encoding"]) == (ARABIC, {"name": "windows-1256", "ground": "guess"})
    assert shown["original_sha256"] == hashlib.sha256(data).hexdigest()
    assert not Document.objects.exists()

    body = {"case": str(case.uid), "title": "The bridge", "arrival": shown["arrival"], "is_complete": False}
    document = analyst.write("documents", body)
    version = analyst.read(f"{document['url']}versions/1/")
    assert list(find_mismatches(version, VersionShape)) == []
    assert (version["text"], version["sha256"], version["is_complete"]) == (ARABIC, shown["sha256"], False)
    assert (version["original"]["encoding"], version["original"]["file_name"]) == ("windows-1256", "a.txt")
    assert document["media_type"] == "text/plain"

    problem = check_problem(analyst.post("documents", body), "invalid", "#/arrival")
    assert problem["errors"][0]["detail"] == "there is no such arrival: preview it again"


def test_words_are_previewed_and_captured_as_a_newer_version(analyst: Api, case: Case) -> None:
    document = make.make_document(case, "of old")
    shown = analyst.write(PREVIEW, {"case": str(case.uid), "text": " as\r\nchanged\x85 "})
    assert (shown["text"], shown["kind"], shown["encoding"], shown["n_bytes"]) == (
        " as\r\nchanged\x85 ",
        "pasted",
        None,
        None,
    )
    version = analyst.write(f"documents/{document.uid}/versions", {"arrival": shown["arrival"]})
    assert (version["number"], version["text"], version["original"]) == (2, " as\r\nchanged\x85 ", None)


def test_suggestions_are_told_and_never_stored_by_themselves(analyst: Api, case: Case) -> None:
    shown = preview(analyst, case, make_page().encode(), "bridge.html")
    assert shown["suggestions"]["byline"] == "Ada Lund"
    assert shown["suggestions"]["published_on"] == "2020-05-01"
    body = {"case": str(case.uid), "title": "The bridge", "arrival": shown["arrival"]}
    document = analyst.write("documents", body)
    assert (document["byline"], document["published_at"], document["web_url"], document["language"]) == (
        "",
        None,
        "",
        "",
    )
    assert document["media_type"] == "text/html"


def test_another_encoding_can_be_chosen_without_sending_the_file_again(analyst: Api, case: Case) -> None:
    first = preview(analyst, case, ARABIC.encode("cp1256"))
    again = analyst.write(PREVIEW, {"arrival": first["arrival"], "encoding": "windows-1252"})
    assert again["encoding"] == {"name": "windows-1252", "ground": "chosen"}
    assert again["original_sha256"] == first["original_sha256"]
    check_problem(analyst.post(PREVIEW, {"arrival": first["arrival"]}), "invalid", "#/encoding")
    check_problem(analyst.post(PREVIEW, {"arrival": first["arrival"], "encoding": "klingon"}), "invalid", "#/encoding")


def test_what_is_here_already_is_told(analyst: Api, case: Case) -> None:
    document = make.make_document(case, "The very words.", web_url="https://example.org/bridge")
    shown = preview(analyst, case, b"The very words.")
    assert (shown["same_text"]["document"], shown["same_text"]["version"]) == (str(document.uid), 1)
    shown = preview(analyst, case, make_page().encode(), "a.html")
    assert (shown["same_text"], shown["same_address"]["document"]) == (None, str(document.uid))


# --- refused ---


def test_a_file_of_another_type_is_a_415_whatever_its_name(analyst: Api, case: Case) -> None:
    before = state()
    for data, name in (
        (b"<svg onload='alert(1)'/>", "a.txt"),
        (b"<html></html>", "a.txt"),
        (make_pdf([["x"]]), "a.txt"),
        (b"\x89PNG", "a.pdf"),
        (b"PK\x03\x04xl/", "a.xlsm"),
    ):
        answer = send(analyst, case, data, name)
        if name == "a.xlsm":
            check_problem(answer, "invalid", "#/file")  # a damaged archive
        else:
            check_problem(answer, "unsupported-media-type")
    assert state() == before


def test_bytes_that_do_not_decode_are_told_with_their_place(analyst: Api, case: Case) -> None:
    problem = check_problem(send(analyst, case, b"caf\xc3\xa9 \xe9"), "invalid", "#/file")
    assert "byte 6" in problem["errors"][0]["detail"]
    assert problem["errors"][0]["code"] == "encoding"
    assert preview(analyst, case, b"caf\xc3\xa9 \xe9", encoding="windows-1252")["text"] == "cafÃ© é"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "#"),
        ({"text": "a"}, "#/case"),
        ({"case": True, "text": "a", "web_address": "http://example.org/"}, "#"),
        ({"case": True, "text": ""}, "#/text"),
        ({"case": True, "text": "a", "encoding": "UTF-8"}, "#/encoding"),
        ({"case": True, "file": "a"}, "#/file"),
        ({"case": ABSENT, "text": "a"}, "#/case"),
        ({"case": True, "arrival": "x", "encoding": "UTF-8"}, "#/arrival"),
        ({"case": True, "text": "a", "sha256": "0"}, "#/sha256"),
        ({"case": True, "text": "a\x00"}, "#/text"),
        ({"case": True, "web_address": "http://example.org/"}, "#/web_address"),  # turned off
    ],
)
def test_a_preview_of_nothing_or_of_too_much_is_refused(
    analyst: Api, case: Case, body: dict[str, Any], place: str
) -> None:
    if body.get("case") is True:
        body = {**body, "case": str(case.uid)}
    check_problem(analyst.post(PREVIEW, body), "invalid", place)
    assert not Arrival.objects.exists()


def test_an_upload_that_is_not_whole_is_refused(analyst: Api, case: Case) -> None:
    values = {"case": str(case.uid), "file": SimpleUploadedFile("a.txt", b"words")}
    data = encode_multipart(BOUNDARY, values)
    twice = data.replace(b"--" + BOUNDARY.encode() + b"--", data)
    check_problem(analyst.send("POST", PREVIEW, twice, content_type=MULTIPART_CONTENT), "invalid", "#/file", "#/case")
    for broken in (data[: len(data) // 2], b"", b"nonsense"):
        answer = analyst.send("POST", PREVIEW, broken, content_type=MULTIPART_CONTENT)
        assert answer.status_code == 400
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=\xff"):
        answer = analyst.send("POST", PREVIEW, data, content_type=content_type)
        check_problem(answer, "malformed")
    further = encode_multipart(BOUNDARY, {**values, "text": "words", "file": SimpleUploadedFile("a.txt", b"w")})
    check_problem(analyst.send("POST", PREVIEW, further, content_type=MULTIPART_CONTENT), "invalid", "#/text")
    check_problem(analyst.send("POST", PREVIEW, b"text=a", content_type="text/plain"), "unsupported-media-type")
    check_problem(analyst.send("POST", "documents/", data, content_type=MULTIPART_CONTENT), "unsupported-media-type")
    assert not Arrival.objects.exists()


def test_a12_too_large_an_upload_is_refused_before_it_is_kept(analyst: Api, case: Case) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        check_problem(send(analyst, case, b"x" * 2000), "too-large")
    assert not Arrival.objects.exists()


def test_a_text_or_an_arrival_and_never_both_or_neither(analyst: Api, case: Case) -> None:
    shown = preview(analyst, case, b"words")
    body = {"case": str(case.uid), "title": "The bridge"}
    check_problem(analyst.post("documents", {**body, "text": "a", "arrival": shown["arrival"]}), "invalid", "#/arrival")
    check_problem(analyst.post("documents", body), "invalid", "#/text")
    other = make.make_case()
    problem = analyst.post("documents", {**body, "case": str(other.uid), "arrival": shown["arrival"]})
    check_problem(problem, "invalid", "#/arrival")
    twice = [{**body, "arrival": shown["arrival"]}] * 2
    check_problem(analyst.post("documents", twice), "invalid", "#/1/arrival")
    assert not Document.objects.exists()


# --- who ---


def test_a_preview_is_nobody_elses(analyst: Api, api: Api, case: Case) -> None:
    shown = preview(analyst, case, b"words")
    body = {"case": str(case.uid), "title": "The bridge", "arrival": shown["arrival"]}
    check_problem(api.post("documents", body), "invalid", "#/arrival")
    check_problem(api.post(PREVIEW, {"arrival": shown["arrival"], "encoding": "UTF-8"}), "invalid", "#/arrival")


def test_a_preview_is_for_those_who_may_write(analyst: Api, case: Case) -> None:
    hidden = make.make_case(access=Access.MEMBERS)
    reader = Api.of(make.make_member(case, Role.READER))
    check_problem(send(reader, case, b"words"), "forbidden")
    check_problem(send(analyst, hidden, b"words"), "invalid", "#/case")
    check_problem(send(Api(), case, b"words"), "unauthenticated")
    read_only = Api.of(make.make_user(), is_read_only=True)
    check_problem(send(read_only, case, b"words"), "forbidden")


def test_d14_an_upload_by_a_page_of_another_site_is_refused(case: Case) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.make_admin(), backend="django.contrib.auth.backends.ModelBackend")
    check_problem(send(Api(client=client), case, b"words"), "forbidden")


def test_d16_an_original_is_a_file_to_be_saved_by_those_who_see_its_case(api: Api, analyst: Api) -> None:
    hidden = make.make_case(access=Access.MEMBERS)
    member = make.make_member(hidden, Role.ANNOTATOR)
    document = make.make_arrived(hidden, member, "<script>alert(1)</script>")
    address = f"{ROOT}originals/{document.versions.get().original.uid}/"
    for reader in (api, Api.of(member)):
        answer = reader.get(address)
        assert (answer.status_code, answer.content) == (200, b"<script>alert(1)</script>")
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith('attachment; filename="original-')
        assert "a.txt" not in answer["Content-Disposition"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    absent = analyst.get(f"{ROOT}originals/{ABSENT}/")
    refused = analyst.get(address)
    check_problem(refused, "not-found")
    assert refused.content == absent.content
    check_problem(Api().get(address), "unauthenticated")
    check_problem(api.get(f"{address}?colour=1"), "invalid")
    check_problem(api.post(address, {}), "method-not-allowed")
