"""Who says what, in which words, through whom? The only writer of statements.

Public: `Draft`, `record_statements`, `withdraw_statement`, `review_statement`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef

from sources.choices import Role
from sources.excerpting import Quotation, cut_excerpts, place_quotation
from sources.ledger import Author, check_row
from sources.models import Case
from sources.refusals import RowsRefused

from .choices import EvidenceRole, Review
from .models import Evidence, Relay, Statement


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A statement to be recorded: its own columns, the words that carry it, further evidence and the chain.

    `statement`, and the `relays` from the speaker onwards, are rows not yet written; recording gives them their case,
    excerpt, statement and hop.
    """

    statement: Statement
    words: Quotation
    evidence: Sequence[tuple[str, Quotation]] = ()
    relays: Sequence[Relay] = ()


def record_statements(*, by: Author, case: Case, drafts: Sequence[Draft]) -> list[Statement]:
    """Write statements with their evidence and chains, all or none, in a number of queries that does not grow.

    Raises RowsRefused by index of the draft; the keys of each error name the place (`quote`, `evidence.0.quote`,
    `relays.1.party`).
    """
    statements = [draft.statement for draft in drafts]
    reviewed = any(statement.review != Review.DRAFT for statement in statements)
    with by.act("record_statement", case, needs=Role.LEAD if reviewed else Role.ANNOTATOR) as act:
        for draft in drafts:
            draft.statement.case = case
            for hop, relay in enumerate(draft.relays, start=1):
                relay.case, relay.hop = case, hop
        check_drafts(drafts)
        quotations = [q for draft in drafts for q in (draft.words, *(q for _, q in draft.evidence))]
        excerpts = iter(cut_excerpts(by=act, quotations=quotations))
        further = []
        for draft in drafts:
            draft.statement.excerpt = next(excerpts)
            draft.statement.is_live = draft.statement.review != Review.REJECTED and not draft.statement.withdrawn_at
            further += [(draft.statement, role, next(excerpts)) for role, _ in draft.evidence]
        for wave in _in_order(statements):
            act.insert_many(wave)
        act.insert_many(
            [
                Evidence(case=case, statement=statement, role=role, excerpt=excerpt)
                for statement, role, excerpt in further
            ]
        )
        for draft in drafts:
            for relay in draft.relays:
                relay.statement = draft.statement
        act.insert_many([relay for draft in drafts for relay in draft.relays])
        _refresh_live(statement.supersedes_id for statement in statements)
    return statements


def withdraw_statement(*, by: Author, statement: Statement) -> Statement:
    """Take a statement out, as an analyst's mistake; it stays in the history, and its words stay cut."""
    with by.act("withdraw_statement", statement.case) as act:
        if statement.withdrawn_at is None:
            act.update(statement, withdrawn_at=act.at)
            _refresh_live([statement.pk])
    return statement


def review_statement(*, by: Author, statement: Statement, review: str) -> Statement:
    """Accept or reject a statement, or make it a draft again."""
    with by.act("review_statement", statement.case, needs=Role.LEAD) as act:
        act.update(statement, review=review)
        _refresh_live([statement.pk])
    return statement


def _in_order(statements: Sequence[Statement]) -> Iterator[list[Statement]]:
    """Yield the statements in waves, those that supersede another of them after it."""
    waiting = list(statements)
    while waiting:
        wave = [row for row in waiting if row.supersedes is None or row.supersedes.pk is not None]
        yield wave
        waiting = [row for row in waiting if row.pk is None]


def _refresh_live(ids: Iterable[int | None]) -> None:
    """Set `is_live` anew for these statements and, where it turns, for those that they supersede, and so on."""
    waiting = {pk for pk in ids if pk is not None}
    while waiting:
        successors = Statement.objects.filter(supersedes=OuterRef("pk"), is_live=True)
        rows = Statement.objects.filter(pk__in=waiting)
        live = set(rows.counted().filter(~Exists(successors)).values_list("pk", flat=True))
        turned = [row for row in rows.only("supersedes_id", "is_live") if row.is_live != (row.pk in live)]
        for row in turned:
            Statement.objects.filter(pk=row.pk).update(is_live=row.pk in live)
        waiting = {row.supersedes_id for row in turned if row.supersedes_id is not None}


# --- what is refused -----------------------------------------------------------------------------------------------


def check_drafts(drafts: Sequence[Draft]) -> None:
    """Raise RowsRefused for the drafts that cannot be recorded, keyed by place; asks the database nothing."""
    errors = {index: refused for index, draft in enumerate(drafts) if (refused := _find_faults(draft))}
    for index, draft in enumerate(drafts):
        if index not in errors and _supersedes_itself(draft.statement):
            message = "this statement would supersede itself, through others"
            errors[index] = ValidationError({"supersedes": ValidationError(message, code="circle")})
    if errors:
        raise RowsRefused(errors)


def _supersedes_itself(statement: Statement) -> bool:
    """Tell whether the succession of statements not yet written comes back to where it began."""
    seen = {id(statement)}
    earlier = statement.supersedes
    while earlier is not None and earlier.pk is None:
        if id(earlier) in seen:
            return True
        seen.add(id(earlier))
        earlier = earlier.supersedes
    return False


class _Faults:
    """Errors of one draft, gathered by place."""

    def __init__(self) -> None:
        self.by_place: dict[str, list[ValidationError]] = {}

    def note(self, place: str, message: str, code: str) -> None:
        self.by_place.setdefault(place, []).append(ValidationError(message, code=code))

    def gather(self, prefix: str, refused: ValidationError) -> None:
        for place, found in refused.error_dict.items():
            self.by_place.setdefault(prefix + place, []).extend(found)


def _find_faults(draft: Draft) -> ValidationError | None:
    faults = _Faults()
    statement = draft.statement
    try:
        check_row(statement, but={"excerpt"})
    except ValidationError as refused:
        faults.gather("", refused)
    _check_words(draft, faults)
    _check_chain(draft, faults)
    if statement.claim_id is not None and statement.claim.merged_into_id is not None:
        faults.note("claim", "this claim was merged into another", "merged")
    earlier = statement.supersedes
    if earlier is not None and (earlier.voice, earlier.speaker_id) != (statement.voice, statement.speaker_id):
        faults.note("supersedes", "a statement supersedes one of the same speaker and voice", "other_speaker")
    return ValidationError(faults.by_place) if faults.by_place else None


def _check_words(draft: Draft, faults: _Faults) -> None:
    """Note words that are not in the text, and evidence that stands twice or in another document."""
    seen = set()
    pieces = [("", EvidenceRole.CONTENT.value, draft.words)]
    pieces += [(f"evidence.{index}.", role, words) for index, (role, words) in enumerate(draft.evidence)]
    for prefix, role, words in pieces:
        try:
            place = (role, words.version.pk, place_quotation(words))
        except ValidationError as refused:
            faults.gather(prefix, refused)
            continue
        if place in seen:
            faults.note(f"{prefix}quote", "these words stand here twice in the same role", "twice")
        seen.add(place)
        if role not in EvidenceRole.values:
            faults.note(f"{prefix}role", f"the role is one of {', '.join(EvidenceRole.values)}", "invalid_choice")
        if words.version.case_id != draft.statement.case_id:
            faults.note(f"{prefix}quote", "this is of another case", "other_case")
        elif words.version.document_id != draft.words.version.document_id:
            faults.note(f"{prefix}quote", "a statement's evidence is from one document", "other_document")


def _check_chain(draft: Draft, faults: _Faults) -> None:
    """Note relays that their model refuses, and a party that stands in the chain twice, the speaker included."""
    passed = {draft.statement.speaker_id} - {None}
    for index, relay in enumerate(draft.relays):
        prefix = f"relays.{index}."
        try:
            check_row(relay, but={"statement"})
        except ValidationError as refused:
            faults.gather(prefix, refused)
        if relay.party_id in passed:
            faults.note(f"{prefix}party", "a party stands at most once in a chain", "twice")
        elif relay.party_id is not None:
            passed.add(relay.party_id)
