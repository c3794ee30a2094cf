"""From where is a case read: as it stands, as it stood on a day, or by what was accepted alone?

Public: `Standing`, `Standpoint`. Every reading of a case (conflicts, comparison, dossier, timeline, support, graph)
asks a standpoint for its classes, its statements and its party links, and so none needs to know the day.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from datetime import UTC, date
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from sources.models import Case, Document, Party
from sources.registering import reach_upwards, upward_links
from sources.snapshot import in_snapshot

from .choices import Review, Stance
from .commitments import SIGN_OF, Classes, Side
from .folding import classes_of
from .keeping import Heads, Kept, head_of, shared_head
from .models import Claim, Statement
from .past import Past
from .reading import (
    ClaimRow,
    DocumentRow,
    PartyRow,
    StatementRow,
    read_claims,
    read_documents,
    read_parties,
    read_statements,
)
from .recalling import call_roll, recall_claims, recall_documents, recall_parties, recall_statements
from .standing import COLUMNS, KNOWN, SAID, Called, LiveStatements, Roll, Statements, Stood
from .succession import Succeeding, find_live

_Value = TypeVar("_Value")
_FEW = 1000  # claims: statements on more of them are counted in the whole of the cases, which is kept
_kept_sides: Kept[dict[Side, int]] = Kept(4)  # one of 300,000 statements takes some 30 MB
_kept_classes: Kept[Classes] = Kept(2)  # of days past; those of now are kept by `folding`
_kept_rolls: Kept[Roll] = Kept(2, worth=lambda roll: roll.n_called <= 100_000)  # one of so many takes some 40 MB


class Standing:
    """What stands on which side in one case or several, as they are now."""

    view: Hashable = None  # what tells readings of the same cases apart, now or as of a day

    def __init__(self, case_ids: Collection[int]) -> None:
        self.case_ids = frozenset(case_ids)

    @cached_property
    def _heads(self) -> Heads:
        """The newest entries of the cases and of what they share: no two of their states have the same."""
        return self._head, shared_head()

    @cached_property
    def _head(self) -> str:
        return head_of(self.case_ids)

    def keep(self, kept: Kept[_Value], asked: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return what is kept of these cases, or make it."""
        return kept.find((self.case_ids, asked), lambda: self._heads, lambda _: make(), may=self._may_be_kept)

    def _may_be_kept(self) -> bool:
        return True

    @cached_property
    def classes(self) -> Classes:
        """The claims folded along the relations that were judged positive."""
        return classes_of(self.case_ids, self._head if in_snapshot() else None)

    @cached_property
    def statements(self) -> Statements:
        """The statements that stand."""
        return LiveStatements(self.case_ids)

    def count_sides(self, of_classes: Iterable[int] | None = None) -> dict[Side, int]:
        """Return how many statements stand on each side, of all classes or at least of those given; sides in order."""
        claims: set[int] = set()
        for of_class in of_classes or ():
            claims |= set(self.classes.members(of_class))
            if len(claims) > _FEW:
                break
        if of_classes is None or len(claims) > _FEW:
            return self._all_sides
        return self._count_sides(claims)

    @cached_property
    def _all_sides(self) -> dict[Side, int]:
        return self.keep(_kept_sides, self.view, lambda: self._count_sides(None))

    def _count_sides(self, claims: Collection[int] | None) -> dict[Side, int]:
        counts: dict[Side, int] = defaultdict(int)
        class_of = self.classes.class_of
        for claim, stance, n in self.statements.count_committed(claims):
            counts[Side(class_of(claim), SIGN_OF[stance])] += n
        return dict(sorted(counts.items()))

    def find_on(self, sides: Collection[Side]) -> Iterator[tuple[Side, UUID, int]]:
        """Yield side, uid and key of the statements on these sides, by uid."""
        claims = {claim for side in sides for claim in self.classes.members(side.of_class)}
        class_of = self.classes.class_of
        for uid, pk, claim, stance in self.statements.find_committed(claims):
            side = Side(class_of(claim), SIGN_OF[stance])
            if side in sides:
                yield side, uid, pk

    def statements_on(self, sides: Collection[Side]) -> dict[Side, list[tuple[UUID, int]]]:
        """Return (uid, key) of the statements on each of these sides, by uid."""
        standing: dict[Side, list[tuple[UUID, int]]] = defaultdict(list)
        for side, uid, pk in self.find_on(sides):
            standing[side].append((uid, pk))
        return standing


class Standpoint(Standing):
    """One case, read as of the end of a day (UTC; None: now), by all live statements or by the accepted ones alone."""

    def __init__(self, case: Case, *, as_of: date | None = None, accepted_only: bool = False) -> None:
        super().__init__([case.pk])
        self.case, self.as_of, self.accepted_only = case, as_of, accepted_only
        self.past = None if as_of is None else Past(case, as_of)
        self.view = None if as_of is None and not accepted_only else (as_of, accepted_only)

    # --- claims and statements ---

    @cached_property
    def classes(self) -> Classes:
        """The claims folded along the relations that had been judged positive."""
        past = self.past
        return (
            super().classes if past is None else self.keep(_kept_classes, past.day, lambda: Classes(past.relations()))
        )

    @cached_property
    def statements(self) -> Statements:
        """The statements that stood, or those of them that had been accepted."""
        if self.past is None and not self.accepted_only:
            return super().statements
        return self.keep(_kept_rolls, self.view, self._call)

    def _call(self) -> Roll:
        past, accepted_only = self.past, self.accepted_only
        return Roll(_call_accepted(self.case) if past is None else call_roll(past, accepted_only=accepted_only))

    def _may_be_kept(self) -> bool:
        """Tell whether no rows stood in that past that are gone: they are named by keys that are its own."""
        return self.past is None or not self.past.n_gone

    def read(self, keys: Collection[int]) -> dict[int, StatementRow]:
        """Return these statements with their words and chains, by key."""
        if self.past is None:
            return {row.pk: row for row in read_statements(Statement.objects.filter(pk__among=keys))}
        return recall_statements(self.past, keys, {row.pk for row in self.statements.find()})

    def questions_of_claims(self) -> dict[int, int]:
        """Return the question of each standing claim that answers one, by key."""
        answers = Claim.objects.standing().filter(case=self.case, question__isnull=False)
        found: dict[int, int | None] = dict(answers.values_list("pk", "question_id"))
        if self.past is not None:
            changed = self.past.changed(Claim)
            keys = self.past.keys(Claim, changed)  # and of others that were met
            then = recall_claims(self.past, [keys[uid] for uid in changed])
            found |= {key: None if changed[row.uid]["merged_into"] else row.question_id for key, row in then.items()}
        return {key: question for key, question in found.items() if question is not None}

    def claims_with_quantity(self) -> Any:
        """Return the claims that count something, as a query for keys or a set of them."""
        counting = Claim.objects.filter(
            Q(quantity_low__isnull=False) | Q(quantity_high__isnull=False), case=self.case
        ).values_list("pk", flat=True)
        if self.past is None and not self.accepted_only:
            return counting
        keys = set(counting)
        if self.past is None:
            return keys
        then = recall_claims(self.past, keys | set(self.past.keys(Claim, self.past.changed(Claim)).values()))
        return {k for k, row in then.items() if row.quantity_low is not None or row.quantity_high is not None}

    # --- rows ---

    def read_claims(self, keys: Collection[int]) -> dict[int, ClaimRow]:
        """Return these claims with their questions, by key."""
        if self.past is not None:
            return recall_claims(self.past, keys)
        return read_claims(Claim.objects.filter(pk__among=keys))

    def uids_of_claims(self, keys: Collection[int]) -> dict[int, UUID]:
        """Return the public ids of these claims, by key."""
        if self.past is not None:
            return self.past.uids(Claim, keys)
        return dict(Claim.objects.filter(pk__among=keys).values_list("pk", "uid"))

    def read_parties(self, keys: Collection[int]) -> dict[int, PartyRow]:
        """Return these parties, by key."""
        if self.past is not None:
            return recall_parties(self.past, keys)
        return read_parties(Party.objects.filter(pk__among=keys))

    def read_documents(self, keys: Collection[int]) -> dict[int, DocumentRow]:
        """Return these documents, by key."""
        if self.past is not None:
            return recall_documents(self.past, keys)
        return read_documents(Document.objects.filter(pk__among=keys))

    @cached_property
    def n_documents(self) -> int:
        """How many documents of the case were known."""
        captured = Document.objects.filter(case=self.case).annotate(captured_at=Min("versions__captured_at"))
        if self.past is None:
            return captured.filter(captured_at__isnull=False).count()
        keys = set(captured.annotate(known=Coalesce("published_at", "captured_at")).values_list("pk", flat=True))
        keys |= set(self.past.keys(Document, self.past.changed(Document)).values())
        rows = recall_documents(self.past, keys).values()
        known = [row.published_at or row.captured_at for row in rows if row.captured_at is not None]
        return sum(at is not None and at < self.past.until for at in known)

    # --- parties ---

    @cached_property
    def above(self) -> dict[int, set[int]]:
        """The parties above each party: those it is part of, controlled by or speaks for, as was judged by then."""
        if self.past is not None:
            return reach_upwards(self.past.links_above())
        today = timezone.now().astimezone(UTC).date()
        return reach_upwards(upward_links(self.case, today).values_list("from_party_id", "to_party_id"))

    def below(self, parties: Collection[int]) -> set[int]:
        """Return these parties and all that are below them."""
        given = set(parties)
        return given | {party for party, above in self.above.items() if above & given}


def _call_accepted(case: Case) -> list[Called]:
    """Return the accepted statements as they are now; what is not accepted supersedes nothing."""
    counted = Statement.objects.counted().filter(case=case, review=Review.ACCEPTED)
    found: dict[int, Called] = {}
    succeeding: dict[int, Succeeding[int]] = {}
    columns = (*COLUMNS, "supersedes_id", *SAID, *KNOWN)
    for *stood, earlier, said_at, uttered_at, published_at, captured_at in counted.values_list(*columns):
        row = Stood._make(stood)
        found[row.pk] = Called(row, said_at or uttered_at, published_at or captured_at)
        succeeding[row.pk] = Succeeding(earlier, row.stance == Stance.RETRACTS)
    return [found[pk] for pk in find_live(succeeding)]
