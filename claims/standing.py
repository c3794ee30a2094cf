"""Which statements stand, and how are they found?

Public: `Stood`, `Statements`, `LiveStatements`, `Called`, `Roll`. Two ways to answer the same four questions: live
statements as they are now are asked of the database; any other selection is called onto a roll and asked in memory.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from .choices import Stance
from .commitments import SIGN_OF
from .models import Statement

Place = tuple[datetime, UUID]  # in time


class Stood(NamedTuple):
    """A statement that stands, as far as finding, counting and ordering need it."""

    pk: int
    uid: UUID
    claim_id: int
    stance: str
    voice: str
    speaker_id: int | None
    document_id: int


class Statements(Protocol):
    """What can be asked of the statements that stand."""

    def find(
        self,
        *,
        claims: Collection[int] | None = None,
        speakers: Collection[int] | None = None,
        documents: Collection[int] | None = None,
    ) -> list[Stood]:
        """Return those on these claims, of these speakers, in these documents, in the order of uid."""

    def find_committed(self, claims: Collection[int]) -> Iterable[tuple[UUID, int, int, str]]:
        """Yield (uid, key, claim, stance) of those on these claims that commit to something, by uid."""

    def count_committed(self, claims: Collection[int] | None = None) -> Iterable[tuple[int, str, int]]:
        """Yield (claim, stance, how many) of those that commit to something, on all claims or on those given."""

    def find_stances(
        self, keys: Collection[int] | None = None, *, claims: Collection[int] | None = None, by_document: bool = False
    ) -> set[tuple[int, str, int]]:
        """Return (claim, stance, key) of all that these speakers take, or that these documents tell of anyone.

        Of all speakers, or documents, where none are given, and on all claims or on those given.
        """

    def find_times(
        self,
        *,
        speakers: Collection[int] | None = None,
        counted: Any = None,
        by_saying: bool = True,
        after: Place | None = None,
        backwards: bool = False,
        limit: int,
    ) -> list[tuple[int, datetime, UUID]]:
        """Return (key, time, uid) of up to `limit` statements after a place, in the order of time.

        The time is that of saying, or, where that is not known or not asked for, that of being made known. `counted`
        keeps assertions of these claims: a query for keys, or a set of them.
        """


_DOCUMENT = "excerpt__version__document_id"
KNOWN = ("excerpt__version__document__published_at", "excerpt__version__captured_at")
SAID = ("said_at", "utterance__said_at")
COLUMNS = ("pk", "uid", "claim_id", "stance", "voice", "speaker_id", _DOCUMENT)


class LiveStatements:
    """The live statements of some cases, as they are now."""

    def __init__(self, case_ids: Collection[int]) -> None:
        self._live = Statement.objects.live().filter(case_id__among=case_ids)

    def find(
        self,
        *,
        claims: Collection[int] | None = None,
        speakers: Collection[int] | None = None,
        documents: Collection[int] | None = None,
    ) -> list[Stood]:
        """Ask the database."""
        lookups = (("claim_id", claims), ("speaker_id", speakers), (_DOCUMENT, documents))
        wanted: dict[str, Any] = {f"{name}__among": keys for name, keys in lookups if keys is not None}
        return [Stood._make(row) for row in self._live.filter(**wanted).order_by("uid").values_list(*COLUMNS)]

    def find_committed(self, claims: Collection[int]) -> Iterable[tuple[UUID, int, int, str]]:
        """Ask the database."""
        committed = self._live.filter(claim_id__among=claims, stance__in=SIGN_OF)
        return committed.order_by("uid").values_list("uid", "pk", "claim_id", "stance")

    def count_committed(self, claims: Collection[int] | None = None) -> Iterable[tuple[int, str, int]]:
        """Ask the database."""
        live = self._live.filter(stance__in=SIGN_OF)
        live = live if claims is None else live.filter(claim_id__among=claims)
        return live.values_list("claim_id", "stance").annotate(n=Count("pk")).order_by()

    def find_stances(
        self, keys: Collection[int] | None = None, *, claims: Collection[int] | None = None, by_document: bool = False
    ) -> set[tuple[int, str, int]]:
        """Ask the database."""
        of = _DOCUMENT if by_document else "speaker_id"
        wanted: dict[str, Any] = {f"{of}__isnull": False} if keys is None else {f"{of}__among": keys}
        live: Any = self._live.filter(**wanted)
        if claims is not None:
            live = live.filter(claim_id__among=claims)
        return set(live.values_list("claim_id", "stance", of).order_by().distinct())

    def find_times(
        self,
        *,
        speakers: Collection[int] | None = None,
        counted: Any = None,
        by_saying: bool = True,
        after: Place | None = None,
        backwards: bool = False,
        limit: int,
    ) -> list[tuple[int, datetime, UUID]]:
        """Ask the database."""
        live: Any = self._live.annotate(time=Coalesce(*(SAID if by_saying else ()), *KNOWN))
        if speakers is not None:
            live = live.filter(speaker_id__among=speakers)
        if counted is not None:
            live = live.filter(claim_id__in=counted, stance=Stance.ASSERTS)
        if after is not None:
            at, uid = after
            beyond, beside = ("time__lt", "uid__lt") if backwards else ("time__gt", "uid__gt")
            live = live.filter(Q(**{beyond: at}) | Q(time=at, **{beside: uid}))
        order = ("-time", "-uid") if backwards else ("time", "uid")
        found = list(live.order_by(*order).values_list("pk", "time", "uid")[:limit])
        return found[::-1] if backwards else found


class Called(NamedTuple):
    """A statement on a roll, with its times."""

    stood: Stood
    said_at: datetime | None
    known_at: datetime


class Roll:
    """Statements called one by one, whatever they were chosen by."""

    def __init__(self, called: Iterable[Called]) -> None:
        self._called = sorted(called, key=lambda called: called.stood.uid)
        self._by_claim: dict[int, list[Stood]] = defaultdict(list)
        for stood, _, _ in self._called:
            self._by_claim[stood.claim_id].append(stood)

    @property
    def n_called(self) -> int:
        """How many statements are on the roll."""
        return len(self._called)

    def find(
        self,
        *,
        claims: Collection[int] | None = None,
        speakers: Collection[int] | None = None,
        documents: Collection[int] | None = None,
    ) -> list[Stood]:
        """Look through the roll."""
        if claims is None:
            near = [called.stood for called in self._called]
        else:
            near = sorted(
                (stood for claim in set(claims) for stood in self._by_claim.get(claim, ())), key=lambda row: row.uid
            )
        return [
            stood
            for stood in near
            if (speakers is None or stood.speaker_id in speakers)
            and (documents is None or stood.document_id in documents)
        ]

    def find_committed(self, claims: Collection[int]) -> Iterable[tuple[UUID, int, int, str]]:
        """Look through the roll."""
        return [
            (row.uid, row.pk, row.claim_id, row.stance) for row in self.find(claims=claims) if row.stance in SIGN_OF
        ]

    def count_committed(self, claims: Collection[int] | None = None) -> Iterable[tuple[int, str, int]]:
        """Count the roll."""
        counts = Counter((row.claim_id, row.stance) for row in self.find(claims=claims) if row.stance in SIGN_OF)
        return [(claim, stance, n) for (claim, stance), n in counts.items()]

    def find_stances(
        self, keys: Collection[int] | None = None, *, claims: Collection[int] | None = None, by_document: bool = False
    ) -> set[tuple[int, str, int]]:
        """Look through the roll."""
        found = set()
        for stood in self.find(claims=claims):
            key = stood.document_id if by_document else stood.speaker_id
            if key is not None and (keys is None or key in keys):
                found.add((stood.claim_id, stood.stance, key))
        return found

    def find_times(
        self,
        *,
        speakers: Collection[int] | None = None,
        counted: Any = None,
        by_saying: bool = True,
        after: Place | None = None,
        backwards: bool = False,
        limit: int,
    ) -> list[tuple[int, datetime, UUID]]:
        """Sort the roll by time."""
        places = sorted(
            ((said_at if by_saying and said_at else known_at), stood.uid, stood.pk)
            for stood, said_at, known_at in self._called
            if (speakers is None or stood.speaker_id in speakers)
            and (counted is None or (stood.claim_id in counted and stood.stance == Stance.ASSERTS))
        )
        if after is not None:
            places = [p for p in places if (p[:2] < after if backwards else p[:2] > after)]
        chosen = places[-limit:] if backwards else places[:limit]
        return [(pk, at, uid) for at, uid, pk in chosen]
