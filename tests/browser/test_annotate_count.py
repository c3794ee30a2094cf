"""How many interactions does a statement cost, whose speaker and claim exist? Counted over the whole seed article.

One interaction is a key chord, a selection, a choice or a short typed search. The figures stand in
`docs/annotating.md`.
"""

from collections import Counter

from django.conf import settings
from django.contrib.auth.models import User

from claims.annotating import give_hints
from claims.drafting import Draft
from claims.exchange.bundle import read_bundle
from claims.exchange.importing import import_bundle
from claims.finding import find_claims, find_parties
from claims.models import Statement
from claims.recording import delete_statement, record_statements
from sources.anchoring import Span
from sources.excerpting import Quotation
from sources.models import Case, DocumentVersion
from tests import factories as make

from .annotating import Desk
from .conftest import Visit

DOCS = settings.BASE_DIR / "docs" / "annotating.md"


def _in_order(case: Case) -> list[Statement]:
    rows = Statement.objects.filter(case=case).select_related("claim", "speaker", "excerpt", "supersedes")
    return list(rows.order_by("excerpt__start", "-excerpt__end", "pk"))


def _cost(statement: Statement, version: DocumentVersion, last: Statement | None, viewer: User) -> int:
    """Return the interactions: the selection, who, which claim, a stance that no choice of a claim brings, saving."""
    span = Span(statement.excerpt.start, statement.excerpt.end)
    hints = give_hints(version, span, viewer)
    acts = 1  # the words are selected, and the composer opens
    speaker = statement.speaker
    offered = [party.pk for party in hints.parties] + ([last.speaker_id] if last else [])
    if speaker is None or speaker.pk in offered:
        acts += 1
    else:
        found = find_parties(case=version.case, words=speaker.label, viewer=viewer, limit=8)
        assert speaker in found
        acts += 2
    if statement.claim in [found.claim for found in hints.claims]:
        acts += 1
    else:
        assert statement.claim in [
            found.claim for found in find_claims(case=version.case, words=statement.claim.text, limit=8)
        ]
        acts += 2
    if statement.stance not in ("asserts", "denies"):
        acts += 1
    return acts + 1


def _again(statement: Statement, version: DocumentVersion) -> Statement:
    """Record the statement anew, as if it had just been annotated."""
    row = Statement(claim=statement.claim, voice=statement.voice, speaker=statement.speaker, stance=statement.stance)
    words = Quotation(version=version, start=statement.excerpt.start, end=statement.excerpt.end)
    return record_statements(by=make.CONSOLE, case=version.case, drafts=[Draft(statement=row, words=words)])[0]


def _emptied(case: Case) -> tuple[list[Statement], DocumentVersion]:
    """Take all statements out of the seed case, its parties and claims left; return them as they were."""
    told = _in_order(case)
    for statement in told:
        delete_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=statement.pk))
    version = DocumentVersion.objects.select_related("document", "case").get(case=case)
    return told, version


def test_a_statement_costs_at_most_six_interactions(db: None) -> None:
    case = import_bundle(by=make.CONSOLE, bundle=read_bundle(settings.BASE_DIR / "seeds" / "jisr_al_shughur")).case
    viewer = make.make_admin()
    told, version = _emptied(case)
    last = None
    acts = []
    for statement in told:
        acts.append(_cost(statement, version, last, viewer))
        last = _again(statement, version)
    counted = Counter(acts)
    assert max(acts) <= 6, counted
    figures = ", ".join(f"{n} with {cost}" for cost, n in sorted(counted.items()))
    line = f"{len(acts)} statements: {figures}; {sum(acts) / len(acts):.1f} on average"
    assert line in DOCS.read_text("utf-8"), line


def test_the_browser_takes_as_many_as_are_counted(visit: Visit, seed: Case, admin: User) -> None:
    told, version = _emptied(seed)
    chosen = [row for row in told if not row.excerpt.exact.count("\n")][3:8]
    desk = Desk(visit(admin), version.document)
    last = None
    for statement in chosen:
        expected = _cost(statement, version, last, admin)
        desk.acts = 0
        desk.type_to_select(_typed(statement, version.text))
        speaker = statement.speaker.label if statement.speaker else "The author"
        desk.page.locator("[role=option]:visible").first.wait_for()
        hints = give_hints(version, Span(statement.excerpt.start, statement.excerpt.end), admin)
        offered = {party.pk for party in hints.parties} | ({last.speaker_id} if last else set())
        desk.key_option("" if statement.speaker is None or statement.speaker_id in offered else speaker, speaker)
        is_offered = statement.claim in [found.claim for found in hints.claims]
        chord = "Shift+Enter" if statement.stance == "denies" else "Enter"
        desk.key_option("" if is_offered else statement.claim.text, statement.claim.text, chord)
        desk.save_by_keys()
        assert desk.acts == expected
        last = Statement.objects.latest("pk")
        assert (last.speaker_id, last.claim_id, last.stance) == (
            statement.speaker_id,
            statement.claim_id,
            statement.stance,
        )
        assert last.excerpt_id == statement.excerpt_id or last.excerpt.exact == statement.excerpt.exact
        desk.close_card()


def _typed(statement: Statement, text: str) -> str:
    """Return what is typed to select the words: their beginning and end."""
    words = statement.excerpt.exact.split(" ")
    assert text.count(statement.excerpt.exact) == 1
    return statement.excerpt.exact if len(words) < 8 else f"{' '.join(words[:4])} … {' '.join(words[-3:])}"
