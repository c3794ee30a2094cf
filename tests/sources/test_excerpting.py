"""Words are cut out of a text by the server, at one place, verbatim."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sources.choices import Role
from sources.excerpting import Quotation, cut_excerpts, place_quotation
from sources.ledger import By
from sources.models import Change, DocumentVersion, Excerpt
from sources.refusals import RowsRefused
from tests import factories as make
from tests.corpus import TEXTS, WITHOUT_A_SPACE


def version_with(text: str) -> DocumentVersion:
    """Return a captured text."""
    return make.version_of(make.make_document(make.make_case(), text))


def cut(version: DocumentVersion, **place: Any) -> Excerpt:
    """Return the excerpt of one quotation, as the database has it."""
    excerpt = cut_excerpts(by=make.CONSOLE, quotations=[Quotation(version=version, **place)])[0]
    return Excerpt.objects.get(pk=excerpt.pk)


# --- places ---

OPEN = "Anna said the bridge was open. Boris said the bridge was shut."  # 62 code points
REFUSED = {
    "nothing at all": ({}, "quote", "no_words"),
    "context without words": ({"prefix": "Anna ", "suffix": " the"}, "quote", "no_words"),
    "empty words": ({"exact": ""}, "quote", "quote_not_found"),
    "words that are not there": ({"exact": "the tunnel"}, "quote", "quote_not_found"),
    "words in another case": ({"exact": "the Bridge"}, "quote", "quote_not_found"),
    "words not after this prefix": ({"exact": "open", "prefix": "Boris "}, "quote", "quote_not_found"),
    "words that stand twice": ({"exact": "the bridge"}, "quote", "quote_ambiguous"),
    "words that stand twice with this prefix": ({"exact": "bridge", "prefix": "the "}, "quote", "quote_ambiguous"),
    "a start alone": ({"start": 3}, "end", "half_a_place"),
    "an end alone": ({"end": 3}, "start", "half_a_place"),
    "a start at zero alone": ({"start": 0}, "end", "half_a_place"),
    "half a place and words": ({"start": 0, "exact": "Anna"}, "end", "half_a_place"),
    "end at the start": ({"start": 4, "end": 4}, "end", "empty_place"),
    "end before the start": ({"start": 5, "end": 4}, "end", "empty_place"),
    "start below zero": ({"start": -4, "end": 4}, "end", "empty_place"),
    "both below zero": ({"start": -4, "end": -1}, "end", "empty_place"),
    "end past the text": ({"start": 60, "end": 63}, "end", "past_the_end"),
    "all past the text": ({"start": 62, "end": 63}, "end", "past_the_end"),
    "end past all measure": ({"start": 0, "end": 10**30}, "end", "past_the_end"),
    "other words there": ({"start": 0, "end": 4, "exact": "Boris"}, "quote", "quote_differs"),
    "one letter less": ({"start": 0, "end": 4, "exact": "Ann"}, "quote", "quote_differs"),
    "other case there": ({"start": 0, "end": 4, "exact": "anna"}, "quote", "quote_differs"),
    "empty words there": ({"start": 0, "end": 4, "exact": ""}, "quote", "quote_differs"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_place_that_is_none_is_refused_where_it_is_wrong(name: str) -> None:
    place, key, code = REFUSED[name]
    with pytest.raises(ValidationError) as refused:
        place_quotation(Quotation(version=DocumentVersion(text=OPEN), **place))
    assert [(at, error.code) for at, (error,) in refused.value.error_dict.items()] == [(key, code)]


@pytest.mark.parametrize(
    ("place", "start", "end"),
    [
        ({"start": 0, "end": 4}, 0, 4),
        ({"start": 0, "end": 62}, 0, 62),
        ({"start": 61, "end": 62}, 61, 62),
        ({"start": 10, "end": 20, "exact": "the bridge"}, 10, 20),
        ({"exact": "Anna"}, 0, 4),
        ({"exact": "the bridge", "prefix": "Boris said "}, 42, 52),
        ({"exact": "the bridge", "suffix": " was open"}, 10, 20),
        ({"exact": OPEN}, 0, 62),
    ],
)
def test_a_place_is_found_by_offsets_or_words_or_both(place: dict[str, Any], start: int, end: int) -> None:
    span = place_quotation(Quotation(version=DocumentVersion(text=OPEN), **place))
    assert (span.start, span.end) == (start, end)


def test_an_end_past_the_text_is_told_where_the_text_ends_in_code_points() -> None:
    with pytest.raises(ValidationError, match="the text ends at 23, counted in code points"):
        place_quotation(Quotation(version=DocumentVersion(text="💩This is an annotation."), start=13, end=24))


def test_words_that_stand_twice_are_told_at_which_places() -> None:
    with pytest.raises(ValidationError, match=r"2 times \(at 10, 42\)"):
        place_quotation(Quotation(version=DocumentVersion(text=OPEN), exact="the bridge"))


def test_a_quotation_in_the_other_normal_form_is_refused_with_the_words_that_are_there() -> None:
    for name, quoted, there in (("composed", "E\u0301lan", "\u00c9lan"), ("decomposed", "caf\u00e9", "cafe\u0301")):
        with pytest.raises(ValidationError) as refused:
            place_quotation(Quotation(version=DocumentVersion(text=TEXTS[name]), exact=quoted))
        assert repr(there) in refused.value.messages[0]


# --- cutting ---


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*TEXTS, "without a space"])
def test_excerpts_are_slices_for_python_and_for_the_database(name: str) -> None:
    text = {**TEXTS, "without a space": WITHOUT_A_SPACE}[name]
    version = version_with(text)
    n, middle = len(text), len(text) // 2
    places = {(0, 1), (0, n), (n - 1, n), (n // 3, n // 3 + 1), (n // 3, 2 * n // 3 + 1), (middle, n)}
    places |= {(start, min(start + 3, n)) for start in range(min(n, 40))}
    cut_excerpts(
        by=make.CONSOLE, quotations=[Quotation(version=version, start=start, end=end) for start, end in places]
    )
    excerpts = list(Excerpt.objects.filter(version=version))
    assert {(excerpt.start, excerpt.end) for excerpt in excerpts} == places
    for excerpt in excerpts:
        assert excerpt.exact == text[excerpt.start : excerpt.end]
        assert excerpt.prefix == text[max(0, excerpt.start - 32) : excerpt.start]
        assert excerpt.suffix == text[excerpt.end : excerpt.end + 32]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sources_excerpt e JOIN sources_documentversion v ON v.id = e.version_id "
            'WHERE e."exact" = substr(v.text, e.start + 1, e."end" - e.start) AND length(e."exact") = e."end" - e.start'
        )
        assert cursor.fetchone() == (len(places),)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "quoted", "start"),
    [
        ("💩This is an annotation.", "annotation", 12),
        ("💩This is 💩 an annotation.", " 💩 an", 8),
        ("👩‍👩‍👧‍👦 went", "👧‍👦 w", 4),
        ("🇸🇾🇹🇷 flags", "🇹🇷", 2),
        ("z" + "\u0301" * 100 + "algo", "\u0301algo", 100),
        ("un cafe\u0301 noir", "cafe", 3),  # without its accent: still the words at that place
        ("قال 12 شخصًا إنّ الجِسْرَ مفتوح", "الجِسْرَ", 17),
        ("he said “שלום 12” twice", "שלום 12", 9),
        ("one\r\ntwo", "\r\n", 3),
        ("  quote \n", "  quote \n", 0),
        ("\nleading", "\nl", 0),
    ],
)
def test_words_are_cut_byte_for_byte_at_their_code_point(text: str, quoted: str, start: int) -> None:
    version = version_with(text)
    by_words, by_place = cut(version, exact=quoted), cut(version, start=start, end=start + len(quoted))
    assert (by_words.start, by_words.end, by_words.exact) == (start, start + len(quoted), quoted)
    assert by_words.exact.encode() == quoted.encode()
    assert by_place == by_words


@pytest.mark.django_db
def test_a_quotation_with_the_line_ends_of_a_form_is_cut_with_those_of_the_text() -> None:
    excerpt = cut(version_with("He said:\nthe bridge\nis open."), exact="the bridge\r\nis open.")
    assert excerpt.exact == "the bridge\nis open."


@pytest.mark.django_db
def test_one_place_is_one_excerpt_however_often_it_is_quoted() -> None:
    version = version_with(OPEN)
    quotation = Quotation(version=version, start=0, end=4)
    one, same, other = cut_excerpts(
        by=make.CONSOLE,
        quotations=[quotation, Quotation(version=version, exact="Anna"), Quotation(version=version, start=0, end=5)],
    )
    n_entries = Change.objects.count()
    (again,) = cut_excerpts(by=make.CONSOLE, quotations=[quotation])
    assert one.pk == same.pk == again.pk != other.pk
    assert Excerpt.objects.count() == 2
    assert Change.objects.count() == n_entries  # nothing was cut, and nothing is told


@pytest.mark.django_db
def test_the_same_place_of_another_version_is_another_excerpt() -> None:
    one, other = version_with(OPEN), version_with(OPEN)
    assert cut(one, start=0, end=4) != cut(other, start=0, end=4)


@pytest.mark.django_db
def test_excerpts_come_in_the_order_of_their_quotations() -> None:
    version = version_with(WITHOUT_A_SPACE[:200])
    places = [(90, 95), (0, 3), (90, 91), (0, 3), (199, 200), (5, 100)]
    found = cut_excerpts(by=make.CONSOLE, quotations=[Quotation(version=version, start=s, end=e) for s, e in places])
    assert [(excerpt.start, excerpt.end) for excerpt in found] == places


@pytest.mark.django_db
def test_where_one_of_many_is_refused_all_faults_are_told_and_nothing_is_cut() -> None:
    version = version_with(OPEN)
    n_entries = Change.objects.count()
    with pytest.raises(RowsRefused) as refused:
        cut_excerpts(
            by=make.CONSOLE,
            quotations=[
                Quotation(version=version, exact="Anna"),
                Quotation(version=version, exact="the tunnel"),
                Quotation(version=version, exact="the bridge"),
                Quotation(version=version, start=4, end=2),
            ],
        )
    assert {index: set(error.error_dict) for index, error in refused.value.errors.items()} == {
        1: {"quote"},
        2: {"quote"},
        3: {"end"},
    }
    assert not Excerpt.objects.exists()
    assert Change.objects.count() == n_entries


@pytest.mark.django_db
def test_cutting_nothing_does_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert cut_excerpts(by=make.CONSOLE, quotations=[]) == []


@pytest.mark.django_db
def test_a_reader_cuts_nothing() -> None:
    case = make.make_case(access="members")
    version = make.version_of(make.make_document(case))
    reader = By(actor=make.make_member(case, Role.READER), at=make.NOW)
    with pytest.raises(PermissionDenied):
        cut_excerpts(by=reader, quotations=[Quotation(version=version, start=0, end=4)])
    assert not Excerpt.objects.exists()


@pytest.mark.django_db
def test_many_are_cut_in_as_many_queries_as_a_few_and_found_again() -> None:
    def n_queries(n: int) -> int:
        version = version_with(WITHOUT_A_SPACE)
        quotations = [Quotation(version=version, start=start, end=start + 2) for start in range(n)]
        with CaptureQueriesContext(connection) as captured:
            cut_excerpts(by=make.CONSOLE, quotations=quotations)
        return len(captured)

    assert n_queries(3) == n_queries(40)


@pytest.mark.django_db
def test_two_thousand_places_are_found_again_where_they_were_cut() -> None:
    version = version_with(WITHOUT_A_SPACE)
    quotations = [Quotation(version=version, start=start, end=start + 2) for start in range(0, 40_000, 20)]
    cut_excerpts(by=make.CONSOLE, quotations=quotations[::2])
    found = cut_excerpts(by=make.CONSOLE, quotations=quotations)
    assert [excerpt.start for excerpt in found] == [quotation.start for quotation in quotations]
    assert Excerpt.objects.count() == len(quotations) == 2000
