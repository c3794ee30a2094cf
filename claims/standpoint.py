"""From where is a case read: as it stands, as it stood on a day, or by what was accepted alone?

Public: `Standing`, `Standpoint`, `Stood`. Every reading of a case (conflicts, comparison, dossier, timeline, support,
graph) asks a standpoint for its classes, its statements and its party links, and so none needs to know the day.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from sources.models import Case, Document, Party
from sources.registering import ancestors_of

from .choices import Stance
from .commitments import SIGN_OF, Classes, Side
from .folding import classes_of
from .models import Claim, Statement
from .reading import ClaimRow, DocumentRow, PartyRow, StatementRow, read_claims, read_documents, read_parties
from .reading import read_statements as read_rows

_KNOWN = "excerpt__version__document__published_at"


class Stood(NamedTuple):
    """A live statement, as far as finding, counting and ordering need it."""

    pk: int
    uid: UUID
    claim_id: int
    stance: str
    voice: str
    speaker_id: int | None
    document_id: int
    utterance_id: int | None


class Standing:
    """What stands on which side in one case or several, as they are now."""

    def __init__(self, case_ids: Collection[int]) -> None:
        self.case_ids = case_ids

    @cached_property
    def classes(self) -> Classes:
        """The claims folded along the relations that were judged positive."""
        return classes_of(self.case_ids)

    def count_sides(self, of_classes: Iterable[int] | None = None) -> dict[Side, int]:
        """Return how many live statements stand on each side, of all classes or of those given."""
        live = Statement.objects.live().filter(case_id__in=self.case_ids, stance__in=SIGN_OF)
        if of_classes is not None:
            live = live.filter(claim_id__in=[c for of_class in of_classes for c in self.classes.members(of_class)])
        counts: dict[Side, int] = defaultdict(int)
        for claim, stance, n in live.values_list("claim_id", "stance").annotate(n=Count("pk")).order_by():
            side = self.classes.side_of(claim, stance)
            if side is not None:
                counts[side] += n
        return counts

    def statements_on(self, sides: Collection[Side]) -> dict[Side, list[tuple[UUID, int]]]:
        """Return (uid, key) of the live statements on each of these sides, by uid."""
        claims = {claim for side in sides for claim in self.classes.members(side.of_class)}
        live = Statement.objects.live().filter(case_id__in=self.case_ids, claim_id__in=claims, stance__in=SIGN_OF)
        standing: dict[Side, list[tuple[UUID, int]]] = defaultdict(list)
        for uid, pk, claim, stance in live.order_by("uid").values_list("uid", "pk", "claim_id", "stance"):
            side = self.classes.side_of(claim, stance)
            if side is not None and side in sides:
                standing[side].append((uid, pk))
        return standing


class Standpoint(Standing):
    """One case, read as of the end of a day (UTC; None: now), by all live statements or by the accepted ones alone."""

    def __init__(self, case: Case, *, as_of: date | None = None, accepted_only: bool = False) -> None:
        super().__init__([case.pk])
        self.case, self.as_of, self.accepted_only = case, as_of, accepted_only

    # --- claims ---

    def questions_of_claims(self) -> dict[int, int]:
        """Return the question of each claim that answers one, by key."""
        answers = Claim.objects.filter(case=self.case, question__isnull=False)
        return dict(answers.values_list("pk", "question_id"))

    def uids_of_claims(self, keys: Collection[int]) -> dict[int, UUID]:
        """Return the public ids of these claims, by key."""
        return dict(Claim.objects.filter(pk__in=keys).values_list("pk", "uid"))

    def read_claims(self, keys: Collection[int]) -> dict[int, ClaimRow]:
        """Return these claims with their questions, by key."""
        return read_claims(Claim.objects.filter(pk__in=keys))

    # --- statements ---

    def find(
        self,
        *,
        claims: Collection[int] | None = None,
        speakers: Collection[int] | None = None,
        documents: Collection[int] | None = None,
    ) -> list[Stood]:
        """Return the live statements on these claims, of these speakers, in these documents, in the order of uid."""
        wanted: dict[str, Any] = {"case": self.case}
        for lookup, keys in (
            ("claim_id__in", claims),
            ("speaker_id__in", speakers),
            ("excerpt__version__document_id__in", documents),
        ):
            if keys is not None:
                wanted[lookup] = keys
        live = Statement.objects.live().filter(**wanted)
        columns = ("pk", "uid", "claim_id", "stance", "voice", "speaker_id")
        place = ("excerpt__version__document_id", "utterance_id")
        return [Stood._make(row) for row in live.order_by("uid").values_list(*columns, *place)]

    def find_stances(self, keys: Collection[int], *, by_document: bool = False) -> set[tuple[int, str, int]]:
        """Return (claim, stance, key) of all that these speakers take, or that these documents tell of anyone."""
        of = "excerpt__version__document_id" if by_document else "speaker_id"
        live = Statement.objects.live().filter(case=self.case, **{f"{of}__in": list(keys)})
        return set(live.values_list("claim_id", "stance", of).distinct())

    def find_times(
        self,
        *,
        speakers: Collection[int] | None = None,
        by_saying: bool = True,
        with_quantity: bool = False,
        after: tuple[datetime, UUID] | None = None,
        backwards: bool = False,
        limit: int,
    ) -> list[tuple[int, datetime, UUID]]:
        """Return (key, time, uid) of up to `limit` live statements after a place, in the order of time.

        The time is that of saying, or, where it is not known or not asked for, that of being made known.
        """
        known = (_KNOWN, "excerpt__version__captured_at")
        said = ("said_at", "utterance__said_at") if by_saying else ()
        live = Statement.objects.live().filter(case=self.case).annotate(time=Coalesce(*said, *known))
        if speakers is not None:
            live = live.filter(speaker_id__in=speakers)
        if with_quantity:
            counted = Q(claim__quantity_low__isnull=False) | Q(claim__quantity_high__isnull=False)
            live = live.filter(counted, stance=Stance.ASSERTS)
        if after is not None:
            at, uid = after
            beyond = {"time__lt": at} if backwards else {"time__gt": at}
            beside = {"time": at, "uid__lt" if backwards else "uid__gt": uid}
            live = live.filter(Q(**beyond) | Q(**beside))
        order = ("-time", "-uid") if backwards else ("time", "uid")
        found = list(live.order_by(*order).values_list("pk", "time", "uid")[:limit])
        return found[::-1] if backwards else found

    def read(self, keys: Collection[int]) -> dict[int, StatementRow]:
        """Return these statements with their words and chains, by key."""
        return {row.pk: row for row in read_rows(Statement.objects.filter(pk__in=keys))}

    # --- who and where ---

    @cached_property
    def above(self) -> dict[int, set[int]]:
        """The parties above each party: those it is part of, controlled by or speaks for, as was judged by then."""
        return ancestors_of(self.case, timezone.now())

    def below(self, parties: Collection[int]) -> set[int]:
        """Return these parties and all that are below them."""
        given = set(parties)
        return given | {party for party, above in self.above.items() if above & given}

    def read_parties(self, keys: Collection[int]) -> dict[int, PartyRow]:
        """Return these parties, by key."""
        return read_parties(Party.objects.filter(pk__in=keys))

    def read_documents(self, keys: Collection[int]) -> dict[int, DocumentRow]:
        """Return these documents, by key."""
        return read_documents(Document.objects.filter(pk__in=keys))

    @cached_property
    def n_documents(self) -> int:
        """How many documents of the case were known."""
        known = Document.objects.filter(case=self.case, versions__isnull=False)
        return known.annotate(at=Coalesce("published_at", F("versions__captured_at"))).values("pk").distinct().count()
