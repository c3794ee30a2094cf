"""Accounts side by side over HTTP: the article’s five questions, the same cells as JSON and CSV, and mergers."""

import csv
import io
import unicodedata
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import Claim, Statement
from claims.recording import withdraw_statement
from sources.models import Case, Party
from tests import factories as make

from .calling import ABSENT, ORIGIN, ROOT, Api, check_problem, collection_of, is_of_a_row, routes, state, undone
from .stories import tell

pytestmark = pytest.mark.django_db


def accounts(case: Case, *labels: str) -> list[str]:
    return [str(Party.objects.get(case=case, label=label).uid) for label in labels]


def query(address: str, **parameters: Any) -> str:
    pairs = [(name, v) for name, given in parameters.items() for v in (given if isinstance(given, list) else [given])]
    return f"{address}/?" + "&".join(f"{name}={value}" for name, value in pairs)


REFUGEE = "Syrian refugee who spoke to al-Jazeera"
# Who says what on the five questions: (question, account, position, words that must be there, through whom).
FIVE = [
    ("Who killed the 120 security officers?", "Syrian government", "asserts", "“armed members”", "Syrian state TV"),
    ("Who killed the 120 security officers?", "Human rights activists", "asserts", "government troops", None),
    ("Who burned the fields around Jisr al-Shughur?", "Syrian government", "asserts", "", None),
    ("Who burned the fields around Jisr al-Shughur?", REFUGEE, "asserts", "burned down all the crops", "al-Jazeera"),
    ("Did the residents of Jisr al-Shughur call the army?", "Syrian government", "asserts", "", None),
    ("Did the residents of Jisr al-Shughur call the army?", REFUGEE, "denies", "", "al-Jazeera"),
    ("Did Jisr al-Shughur shelter armed gangs?", "Syrian government", "asserts", "", None),
    ("Did Jisr al-Shughur shelter armed gangs?", REFUGEE, "denies", "", "al-Jazeera"),
    ("What did the troops come to do?", "Syrian government", "asserts", "restore order", "Syrian state TV"),
]


def test_the_five_questions_of_the_article_are_answered_by_all_sides(seed: Case, api: Api) -> None:
    labels = ["Syrian government", REFUGEE, "Human rights activists"]
    read = api.read(query(f"cases/{seed.uid}/comparison", account=accounts(seed, *labels)))
    assert [account["label"] for account in read["accounts"]] == labels
    assert {party["label"] for party in read["accounts"][0]["parties"]} >= {"Syrian state TV"}
    for question, account, position, words, through in FIVE:
        cells = [
            row["cells"][labels.index(account)]
            for row in read["rows"]
            if row["question"] and row["question"]["text"] == question
        ]
        told = [t["statement"] for cell in cells if cell["position"] == position for t in cell["statements"]]
        assert told, (question, account)
        assert any(words in s["evidence"][0]["excerpt"]["exact"] for s in told), (question, account)
        if through:
            assert any(hop["party"] and hop["party"]["label"] == through for s in told for hop in s["relays"])
    ranks = ["conflict", "tension", "agreement", "differing", "one_sided"]
    firsts = [row["agreement"] for row in read["rows"] if row["agreement"] == "conflict"]
    assert len(firsts) == read["n_rows"]["conflict"] > 3
    assert read["rows"][0]["agreement"] == "conflict"
    assert set(read["n_rows"]) == set(ranks)


def test_json_and_csv_hold_the_same_cells(seed: Case, api: Api) -> None:
    named = accounts(seed, "Syrian government", REFUGEE)
    address = f"cases/{seed.uid}/comparison"
    read = api.read(query(address, account=named))
    answer = api.get(query(address, account=named, format="csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert head[7:] == [f"{a['label']}: {part}" for a in read["accounts"] for part in ("position", "statements")]
    assert len(lines) == len(read["rows"]) > 8
    for line, row in zip(lines, read["rows"], strict=True):
        assert line[1] == row["claim"]["text"]
        assert line[3] == row["agreement"]
        assert line[6].count("\n") + bool(line[6]) == len(row["claim"]["opposing"])
        for index, cell in enumerate(row["cells"]):
            position, words = line[7 + 2 * index : 9 + 2 * index]
            assert position.split(" ")[0] == cell["position"]
            for telling in cell["statements"]:
                statement = telling["statement"]
                assert statement["evidence"][0]["excerpt"]["exact"] in words
                assert (statement["speaker"]["label"] if statement["speaker"] else statement["voice"]) in words
                assert all(hop["party"]["label"] in words for hop in statement["relays"] if hop["party"])
            if not cell["statements"]:
                assert words.startswith("nothing recorded in")


def test_pages_of_a_comparison_are_the_whole_in_both_forms(seed: Case, api: Api) -> None:
    address = query(f"cases/{seed.uid}/comparison", account=accounts(seed, "Syrian government", REFUGEE))
    whole = [row["claim"]["id"] for row in api.read(address)["rows"]]
    page = api.read(f"{address}&limit=4")
    found = [row["claim"]["id"] for row in page["rows"]]
    while page["next"]:
        page = api.read(page["next"])
        found += [row["claim"]["id"] for row in page["rows"]]
    assert found == whole
    while page["previous"]:
        page = api.read(page["previous"])
    assert [row["claim"]["id"] for row in page["rows"]] == whole[:4]
    assert 'rel="next"' in api.get(f"{address}&limit=4&format=csv")["Link"]


def test_no_cell_is_a_formula(api: Api) -> None:
    case = make.make_case()
    wicked = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "＝1", "＋1", "－1", "＠x", "\u200b=1", "\ufeff=1"]
    parties = [make.make_party(case, f"={name}") for name in "ab"]
    for text in wicked:
        claim = make.make_claim(case, text, question=make.make_question(case, text))
        make.make_statement(claim, speaker=parties[0])
    answer = api.get(query(f"cases/{case.uid}/comparison", account=[str(p.uid) for p in parties], format="csv"))
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(lines) == len(wicked) + 1
    for cell in (cell for line in lines for cell in line):
        assert unicodedata.normalize("NFKC", cell.lstrip("\t\r\n \u200b\ufeff"))[:1] not in tuple("=+-@")
    assert {line[1].removeprefix("'") for line in lines[1:]} == set(wicked)  # nothing else is altered


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ({"account": ["x", "y"]}, "account"),
        ({"account": [ABSENT]}, "account"),
        ({"account": [ABSENT] * 5}, "account"),
        ({"account": [ABSENT] * 2, "document": [ABSENT] * 2}, "document"),
        ({"document": [f"{ABSENT},{ABSENT}", ABSENT]}, "document"),
        ({"as_of": "20200101"}, "as_of"),
        ({"as_of": "2020-02-30"}, "as_of"),
        ({"as_of": "2020-W01-1"}, "as_of"),
        ({"as_of": ""}, "as_of"),
        ({"only_conflicts": "yes"}, "only_conflicts"),
        ({"accepted_only": "1"}, "accepted_only"),
        ({"question": "x"}, "question"),
        ({"format": "xlsx"}, "format"),
        ({"as_of": ["2020-01-01", "2020-01-02"]}, "as_of"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_at_its_place(
    seed: Case, api: Api, parameters: dict[str, Any], place: str
) -> None:
    check_problem(api.get(query(f"cases/{seed.uid}/comparison", **parameters)), "invalid", place, status=400)


def test_parties_of_other_cases_are_not_found(seed: Case, api: Api) -> None:
    elsewhere = make.make_party(make.make_case())
    for uid in (elsewhere.uid, ABSENT):
        given = [str(uid), *accounts(seed, "Syrian government")]
        assert api.get(query(f"cases/{seed.uid}/comparison", account=given)).status_code == 404


def test_nothing_that_became_known_later_is_read_as_of_a_day(api: Api) -> None:
    with undone():
        story = tell(make.make_case())
        case, claim = story.case, story.is_open
        addresses = [
            f"cases/{case.uid}/comparison/?account={story.council.uid}&account={story.tom.uid}&",
            f"cases/{case.uid}/timeline/?",
            f"cases/{case.uid}/quantities/?",
            f"cases/{case.uid}/conflicts/?",
            f"claims/{claim.uid}/conflicts/?",
            f"claims/{claim.uid}/dossier/?",
            f"claims/{claim.uid}/corroboration/?",
        ]
        readings = [f"{address}as_of={day}" for address in addresses for day in ("2020-01-01", make.NOW.date())]
        before = [api.get(reading).content for reading in readings]
        late = make.By(actor=make.make_admin(), at=make.NOW.replace(year=2027))
        make.make_relation(story.lorries, claim, "contradicts", "contrary", by=late)
        document = make.make_document(case, by=late, published_at=late.at)
        make.make_statement(claim, document=document, stance="denies", by=late)
        withdraw_statement(by=late, statement=story.denied)
        assert [api.get(reading).content for reading in readings] == before
        assert all(api.get(f"{address}as_of=2028-01-01").content not in before for address in addresses[:1])


# Queries of each reading, whatever the size of the case, where nothing is kept in the process yet.
QUERIES = {"comparison": 24, "timeline": 14, "quantities": 14, "dossier": 26, "corroboration": 14}


def test_readings_ask_a_large_case_as_little_as_a_small_one(api: Api) -> None:
    with undone():
        story = tell(make.make_case())
        case, claim = story.case, story.is_open
        addresses = {
            "comparison": f"cases/{case.uid}/comparison/?account={story.council.uid}&account={story.tom.uid}",
            "timeline": f"cases/{case.uid}/timeline/",
            "quantities": f"cases/{case.uid}/quantities/",
            "dossier": f"claims/{claim.uid}/dossier/",
            "corroboration": f"claims/{claim.uid}/corroboration/",
        }

        def count() -> dict[str, int]:
            counts = {}
            for name, address in addresses.items():
                with CaptureQueriesContext(connection) as asked:
                    assert api.get(address).status_code == 200
                counts[name] = len(asked)
            return counts

        def grow() -> None:
            rival = make.make_claim(case, question=claim.question, quantity_low=3, unit="carts")
            make.make_relation(rival, claim, "contradicts", "contrary")
            for speaker in (story.council, story.tom):
                make.make_statement(rival, speaker=speaker, document=story.document)
                make.make_statement(claim, speaker=speaker, document=story.document)

        grow()
        small = count()
        for _ in range(8):
            grow()
        assert count() == small == QUERIES


# --- mergers -------------------------------------------------------------------------------------------------------


def test_a_merged_party_leads_to_the_other_and_back_again(api: Api) -> None:
    with undone():
        story = tell(make.make_case())
        party = api.get(f"parties/{story.tom.uid}")
        plan = api.read(f"parties/{story.tom.uid}/merger/{story.witness.uid}")
        assert plan["blocked"] == []
        assert plan["moved"]["statement"] > 0
        assert plan["new_aliases"] == [story.tom.label]
        address, body = f"parties/{story.tom.uid}/merger/", {"into": str(story.witness.uid)}
        assert api.post(address, body).status_code == 428
        assert api.post(address, body, headers={"If-Match": f'"9-{"0" * 32}"'}).status_code == 412
        make.make_statement(story.is_open, document=story.document, speaker=story.tom)
        other = api.post(address, {**body, "digest": plan["digest"]}, headers={"If-Match": party["ETag"]})
        check_problem(other, "stale", status=412)
        assert other["ETag"] == party["ETag"]
        body["digest"] = api.read(f"{address}{story.witness.uid}")["digest"]
        answer = api.post(address, body, headers={"If-Match": party["ETag"]})
        assert answer.status_code == 200, answer.content
        assert answer.json()["id"] == str(story.witness.uid)
        moved = api.get(f"parties/{story.tom.uid}")
        assert moved.status_code == 301
        assert moved["Location"].endswith(f"/parties/{story.witness.uid}/")
        assert Statement.objects.get(pk=story.denied.pk).speaker == story.witness
        newest = api.read("changes", case=str(story.case.uid), act="merge_party")["results"][-1]
        assert api.post(f"changes/{newest['sequence']}/undo", {}).status_code == 201
        assert api.get(f"parties/{story.tom.uid}").status_code == 200


def test_a_claim_is_merged_into_the_other(api: Api) -> None:
    with undone():
        story = tell(make.make_case())
        same = make.make_claim(story.case, "The bridge stood open.")
        make.make_statement(same, document=story.document)
        etag = api.get(f"claims/{same.uid}")["ETag"]
        plan = api.read(f"claims/{same.uid}/merger/{story.is_open.uid}")
        assert (plan["blocked"], plan["moved"]) == ([], {"statement": 1})
        answer = api.post(f"claims/{same.uid}/merger", {"into": str(story.is_open.uid)}, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.content
        assert Claim.objects.get(pk=same.pk).merged_into == story.is_open


MOVED = [(m, path) for path, m, *_ in routes() if collection_of(path) in ("claims", "parties") and is_of_a_row(path)]


@pytest.mark.parametrize(("method", "path"), MOVED)
def test_whatever_is_asked_of_a_merged_row_leads_to_the_one_that_remains(api: Api, method: str, path: str) -> None:
    collection = collection_of(path)
    with undone():
        case = make.make_case()
        build = {"claims": make.make_claim, "parties": make.make_party}[collection]
        merged, kept, third = (build(case) for _ in range(3))
        with make.CONSOLE.act("merge", case) as act:
            act.update(merged, merged_into=kept)
        before = state()
        there, here = (
            path.replace("<uuid:id>", str(row.uid)).replace("<uuid:into>", str(third.uid)) for row in (merged, kept)
        )
        query = "?limit=7" if method == "GET" and path.endswith("evidence/") else ""
        answer = api.send(
            method, f"{ROOT}{there}{query}", b"{}", headers={"If-Match": f'"{merged.revision}-{"0" * 32}"'}
        )
        address = f"{ORIGIN}{ROOT}{here}{query}"
        leads = address if method in ("GET", "HEAD") else None  # a change is not carried over by a client that follows
        assert (answer.status_code, answer.headers.get("Location"), answer.json()) == (301, leads, {"url": address})
        assert state() == before
        if "<uuid:into>" in path:
            answer = api.get(f"{collection}/{third.uid}/merger/{merged.uid}")
            assert (answer.status_code, answer["Location"]) == (
                301,
                f"{ORIGIN}{ROOT}{collection}/{third.uid}/merger/{kept.uid}/",
            )


def test_a_merged_row_is_hidden_like_any_other() -> None:
    stranger = Api.of(make.make_user())
    with undone():
        case = make.make_case(access="members")
        merged = make.make_claim(case)
        with make.CONSOLE.act("merge", case) as act:
            act.update(merged, merged_into=make.make_claim(case))
        check_problem(stranger.get(f"claims/{merged.uid}/evidence"), "not-found")


def test_what_blocks_a_merger_is_told_and_nothing_is_written(api: Api) -> None:
    with undone():
        story = tell(make.make_case())
        address = f"claims/{story.is_open.uid}/merger/"
        assert api.read(f"{address}{story.is_shut.uid}")["blocked"]
        etag = api.get(f"claims/{story.is_open.uid}")["ETag"]
        answer = api.post(address, {"into": str(story.is_shut.uid)}, headers={"If-Match": etag})
        check_problem(answer, "invalid", "#/into", status=400)
        assert api.get(f"claims/{story.is_open.uid}").status_code == 200
