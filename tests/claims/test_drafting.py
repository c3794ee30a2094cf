"""Many drafts are checked at once exactly as they would be one by one."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import ValidationError
from hypothesis import event, given
from hypothesis import strategies as st

from claims.drafting import Draft, check_drafts
from claims.models import Claim, Relay, Statement
from sources.excerpting import Quotation
from sources.models import Case, DocumentVersion, Party
from sources.refusals import RowsRefused
from tests import factories as make
from tests.keeping import filled

pytestmark = pytest.mark.django_db

TEXT = "Anna said the bridge was open. Boris denied that the bridge was open. Carla would not say."


class Pool(NamedTuple):
    """What drafts are made of, some of it right and some of it wrong."""

    case: Case
    claims: list[Claim]  # of the case; merged into another; of another case
    parties: list[Party | None]
    versions: list[DocumentVersion]  # of one document; of another; of another case
    earlier: list[Statement | None]  # none; the first party's; the second one's


@pytest.fixture(scope="module")
def pool(django_db_setup: None, django_db_blocker: Any) -> Iterator[Pool]:
    """Rows that are there, for every draft."""
    with filled(django_db_blocker):
        case, other = make.make_case(), make.make_case()
        claim, merged = make.make_claim(case), make.make_claim(case)
        with make.CONSOLE.act("merge", case) as act:
            act.update(merged, merged_into=claim)
        anna, boris = make.make_party(case, "Anna"), make.make_party(case, "Boris")
        documents = [make.make_document(of, TEXT) for of in (case, case, other)]
        said = [make.make_statement(claim, speaker=party, document=documents[0]) for party in (anna, boris)]
        yield Pool(
            case,
            [claim, claim, merged, make.make_claim(other)],
            [anna, boris, make.make_party(other), None],
            [documents[0].versions.get(), *(document.versions.get() for document in documents)],
            [None, None, *said],
        )


CHOICE = st.integers(0, 3)
WORDS = st.sampled_from(
    [
        {"start": 0, "end": 4},
        {"exact": "Boris denied"},
        {"exact": "the bridge"},  # stands twice
        {"exact": "no such words"},
        {"start": 80, "end": 900},
        {"start": 5, "end": 9, "exact": "said"},
        {"start": 5, "end": 9, "exact": "Anna"},
    ]
)
DRAFTS = st.lists(
    st.fixed_dictionaries(
        {
            "claim": CHOICE,
            "speaker": CHOICE,
            "voice": st.sampled_from(["party", "party", "author", "nobody"]),
            "stance": st.sampled_from(["asserts", "denies", "retracts", "shouts"]),
            "cue": st.sampled_from(["said", "said", "x" * 301, "\x00"]),
            "supersedes": st.integers(0, 5),  # beyond the pool: the draft before it, or itself
            "words": st.tuples(CHOICE, WORDS),
            "evidence": st.lists(st.tuples(st.sampled_from(["cue", "content", "hearsay"]), CHOICE, WORDS), max_size=2),
            "relays": st.lists(st.tuples(CHOICE, st.booleans()), max_size=3),
        }
    ),
    max_size=5,
)


def _draft(pool: Pool, recipes: list[dict[str, Any]]) -> list[Draft]:
    """Return the drafts of these recipes, of rows of their own."""
    drafts: list[Draft] = []
    for recipe in recipes:
        statement = Statement(
            case=pool.case,
            claim=pool.claims[recipe["claim"]],
            speaker=pool.parties[recipe["speaker"]],
            **{name: recipe[name] for name in ("voice", "stance", "cue")},
        )
        to_the_pool = recipe["supersedes"] < len(pool.earlier)
        before = drafts[-1].statement if drafts and recipe["supersedes"] == len(pool.earlier) else statement
        statement.supersedes = pool.earlier[recipe["supersedes"]] if to_the_pool else before

        def words(version: int, place: dict[str, Any]) -> Quotation:
            return Quotation(version=pool.versions[version], **place)

        relays = [
            Relay(case=pool.case, hop=hop, party=pool.parties[party], is_gap=is_gap)
            for hop, (party, is_gap) in enumerate(recipe["relays"], start=1)
        ]
        evidence = [(role, words(version, place)) for role, version, place in recipe["evidence"]]
        drafts.append(Draft(statement=statement, words=words(*recipe["words"]), evidence=evidence, relays=relays))
    return drafts


def _told(refused: ValidationError) -> dict[str, list[tuple[str, list[str]]]]:
    return {
        place: [(str(one.code), list(one.messages)) for one in found] for place, found in refused.error_dict.items()
    }


def _faults(drafts: list[Draft]) -> dict[int, Any]:
    try:
        check_drafts(drafts)
    except RowsRefused as refused:
        return {index: _told(error) for index, error in refused.errors.items()}
    return {}


@given(recipes=DRAFTS)
def test_many_drafts_are_checked_as_each_would_be_by_itself(pool: Pool, db: None, recipes: list[Any]) -> None:
    at_once = _faults(_draft(pool, recipes))
    one_by_one = {}
    for index in range(len(recipes)):
        for fault in _faults([_draft(pool, recipes)[index]]).values():
            one_by_one[index] = fault
    assert at_once == one_by_one
    event(f"{len(at_once)} of {len(recipes)} refused")
