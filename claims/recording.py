"""Who says what, in which words, through whom? The only writer of statements.

Public: `record_statements`, `revise_statement`, `withdraw_statement`, `reinstate_statement`,
`review_statements`, `delete_statement`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from sources.access import role_in
from sources.choices import Role
from sources.excerpting import Quotation, cut_excerpts
from sources.images import image_of
from sources.ledger import Act, Author
from sources.models import Case, Excerpt, Party, Record
from sources.refusals import RowsRefused
from sources.registering import register_parties

from .choices import Review
from .drafting import Draft, check_drafts, links_of
from .models import Claim, Evidence, Question, Relay, Statement, Utterance
from .succession import refresh_live
from .wording import note_utterances, pose_questions, word_claims


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
        _write_along(act, case, drafts)
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
        if any(statement.supersedes_id for statement in statements):
            refresh_live(statement.pk for statement in statements)
    return statements


def revise_statement(
    *,
    by: Author,
    statement: Statement,
    values: Mapping[str, Any],
    words: Quotation | None = None,
    evidence: Sequence[tuple[str, Quotation]] | None = None,
    relays: Sequence[Relay] | None = None,
) -> Statement:
    """Give a statement other values, words, further evidence or another chain; what is None stays as it is.

    Changed by anyone but a lead, a reviewed statement is a draft again. Raises ValidationError keyed by place.
    """
    with by.act("revise_statement", statement.case) as act:
        before, earlier = image_of(statement), statement.supersedes_id
        for name, value in values.items():
            setattr(statement, name, value)
        draft = Draft(
            statement=statement,
            words=words or _quote_again(statement.excerpt),
            evidence=evidence if evidence is not None else _evidence_of(statement),
            relays=relays if relays is not None else _relays_of(statement),
        )
        for hop, relay in enumerate(draft.relays, start=1):
            relay.case, relay.statement, relay.hop = statement.case, statement, hop
        try:
            _write_along(act, statement.case, [draft])
            check_drafts([draft])
        except RowsRefused as refused:
            raise refused.errors[0] from None
        excerpt, *further = cut_excerpts(
            by=act, quotations=[draft.words, *(quotation for _, quotation in draft.evidence)]
        )
        act.update(statement, **values, excerpt=excerpt)
        wanted = {(role, cut.pk): cut for (role, _), cut in zip(draft.evidence, further, strict=True)}
        if _replace_evidence(act, statement, wanted) | _replace_chain(act, statement, draft.relays):
            act.touch(statement)
        if statement.review != Review.DRAFT and image_of(statement) != before and not _may_review(act, statement):
            act.update(statement, review=Review.DRAFT)
        refresh_live([statement.pk, statement.supersedes_id, earlier])
    return statement


def withdraw_statement(*, by: Author, statement: Statement) -> Statement:
    """Take a statement out, as an analyst's mistake; it stays in the history, and its words stay cut."""
    with by.act("withdraw_statement", statement.case) as act:
        if statement.withdrawn_at is None:
            act.update(statement, withdrawn_at=act.at)
            refresh_live([statement.pk])
    return statement


def reinstate_statement(*, by: Author, statement: Statement) -> Statement:
    """Put a withdrawn statement back."""
    with by.act("reinstate_statement", statement.case) as act:
        act.update(statement, withdrawn_at=None)
        refresh_live([statement.pk])
    return statement


def review_statements(*, by: Author, case: Case, statements: Sequence[Statement], review: str) -> list[Statement]:
    """Accept or reject statements of a case, or make them drafts again; all or none."""
    with by.act("review_statement", case, needs=Role.LEAD) as act:
        try:
            act.update_many([(statement, {"review": review}) for statement in statements])
        except RowsRefused as refused:
            raise next(iter(refused.errors.values())) from None
        refresh_live(statement.pk for statement in statements)
    return list(statements)


def delete_statement(*, by: Author, statement: Statement) -> None:
    """Delete a statement with its evidence and chain; one that was accepted is the lead's to delete.

    Raises InUse where another statement supersedes it.
    """
    needs = Role.LEAD if statement.review == Review.ACCEPTED else Role.ANNOTATOR
    with by.act("delete_statement", statement.case, needs=needs) as act:
        earlier = statement.supersedes_id
        act.delete(statement)
        refresh_live([earlier])


def _write_along(act: Act, case: Case, drafts: Sequence[Draft]) -> None:
    """Write the questions, claims, utterances and parties that drafts name and that are not written yet.

    Raises RowsRefused by index of the draft, keyed by the place of what is refused (`speaker.label`).
    """
    writers: dict[type[Record], Callable[[list[Any]], object]] = {
        Question: lambda rows: pose_questions(by=act, case=case, questions=rows),
        Claim: lambda rows: word_claims(by=act, case=case, claims=rows),
        Utterance: lambda rows: note_utterances(by=act, case=case, utterances=rows),
        Party: lambda rows: register_parties(by=act, case=case, parties=rows),
    }
    for model, write in writers.items():
        found = [
            (index, place, row, name)
            for index, draft in enumerate(drafts)
            for place, row, name in links_of(draft)
            if (new := row._state.fields_cache.get(name)) is not None and new.pk is None and isinstance(new, model)
        ]
        rows = {id(getattr(row, name)): getattr(row, name) for _, _, row, name in found}
        try:
            write(list(rows.values()))
        except RowsRefused as refused:
            bad = {id(list(rows.values())[n]): error for n, error in refused.errors.items()}
            raise RowsRefused(
                {
                    index: ValidationError(
                        {f"{place}.{key}": list(e) for key, e in bad[id(getattr(row, name))].error_dict.items()}
                    )
                    for index, place, row, name in found
                    if id(getattr(row, name)) in bad
                }
            ) from refused
        for _, _, row, name in found:
            setattr(row, name, getattr(row, name))  # takes over the key that it has got by now


def _may_review(act: Act, statement: Statement) -> bool:
    role = role_in(act.actor, statement.case)
    return role is not None and role.includes(Role.LEAD)


def _quote_again(excerpt: Excerpt) -> Quotation:
    return Quotation(version=excerpt.version, start=excerpt.start, end=excerpt.end)


def _evidence_of(statement: Statement) -> list[tuple[str, Quotation]]:
    pieces = statement.evidence.select_related("excerpt__version__case").order_by("pk")
    return [(piece.role, _quote_again(piece.excerpt)) for piece in pieces]


def _relays_of(statement: Statement) -> list[Relay]:
    """Return copies of the hops of a statement, not written yet."""
    return [
        Relay(party=relay.party, is_gap=relay.is_gap, cue=relay.cue, attitude=relay.attitude)
        for relay in statement.relays.select_related("party").order_by("hop")
    ]


def _replace_evidence(act: Act, statement: Statement, wanted: Mapping[tuple[str, int], Excerpt]) -> bool:
    """Make the further evidence of a statement what is wanted, by (role, excerpt); tell whether that changed it."""
    there = {(piece.role, piece.excerpt_id): piece for piece in statement.evidence.all()}
    for place in there.keys() - wanted.keys():
        act.delete(there[place])
    new = [
        Evidence(case=statement.case, statement=statement, role=role, excerpt=excerpt)
        for (role, pk), excerpt in wanted.items()
        if (role, pk) not in there
    ]
    act.insert_many(new)
    return there.keys() != wanted.keys()


def _replace_chain(act: Act, statement: Statement, relays: Sequence[Relay]) -> bool:
    """Make the chain of a statement what is wanted; tell whether that changed it.

    Where it does, the whole chain is written anew: a hop that moved would meet the one that is still in its place.
    """

    def told(relay: Relay) -> tuple[object, ...]:
        return relay.hop, relay.party_id, relay.is_gap, relay.cue, relay.attitude

    there = list(statement.relays.order_by("hop"))
    if [told(relay) for relay in there] == [told(relay) for relay in relays]:
        return False
    for relay in there:
        act.delete(relay)
    act.insert_many(list(relays))
    return True


def _in_order(statements: Sequence[Statement]) -> Iterator[list[Statement]]:
    """Yield the statements in waves, those that supersede another of them after it."""
    waiting = list(statements)
    while waiting:
        yield [row for row in waiting if not _succeeds_new(row)]
        waiting = [row for row in waiting if row.pk is None]


def _succeeds_new(statement: Statement) -> bool:
    """Tell whether the statement supersedes one that is not written yet."""
    earlier = statement._state.fields_cache.get("supersedes")
    return earlier is not None and earlier.pk is None
