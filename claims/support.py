"""On how many legs does a claim stand? Never one number.

Public: `Origin`, `SharedBy`, `Independence`, `Support`, `read_support`. Statements that assert the claim, or one that
says the same, are counted by statement, speaker, document and act of speech. Whether two acts of speech go back to one
origin is answered three ways: *shared* where their chains meet or an analyst says so, *established* as independent
where an analyst says so with a reason, and *not established* in all other cases, however different they look.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from .choices import Stance, Voice
from .models import Claim
from .reading import PartyRow, StatementRow
from .standpoint import Standpoint


class SharedBy(NamedTuple):
    """Why some statements have one origin: a party in all their chains, one author, or an analyst's word for it.

    `through` are pairs (statement, hop) of where the party stands in each chain; hop 0 is the speaker.
    """

    party: PartyRow | None
    statements: tuple[UUID, ...]
    through: tuple[tuple[UUID, int], ...]
    reason: str
    by: str | None
    at: datetime | None


@dataclass(frozen=True)
class Origin:
    """Acts of speech that go back to one origin, each as the statements that report it; and why they do."""

    utterances: tuple[tuple[UUID, ...], ...]
    shared_by: tuple[SharedBy, ...]


class Independence(NamedTuple):
    """Two origins, by index, that an analyst holds to be independent, naming two of their statements."""

    origins: tuple[int, int]
    statements: tuple[UUID, UUID]
    reason: str
    by: str | None
    at: datetime


@dataclass(frozen=True)
class Support:
    """What speaks for a claim, counted in every way that matters; `n_undisclosed` voices are no speakers."""

    n_statements: int
    n_speakers: int
    n_authors: int
    n_undisclosed: int
    n_documents: int
    n_utterances: int
    origins: tuple[Origin, ...]
    independent: tuple[Independence, ...]
    n_not_established: int  # pairs of origins of which nobody has said that they are independent


def read_support(standpoint: Standpoint, claim: Claim) -> Support:
    """Return what supports the claim: the live statements that assert it or what says the same."""
    members = standpoint.classes.members(standpoint.classes.class_of(claim.pk))
    stood = [row for row in standpoint.find(claims=members) if row.stance == Stance.ASSERTS]
    rows = sorted(standpoint.read([row.pk for row in stood]).values(), key=lambda row: row.uid)
    return _weigh(standpoint, rows)


def _weigh(standpoint: Standpoint, rows: Sequence[StatementRow]) -> Support:
    utterances = _utterances(rows)
    keys = {key for row in rows for key, _ in _passed(row) if isinstance(key, int)}
    parties = standpoint.read_parties(keys)
    joined = _Joined(len(utterances))
    index_of = {row.uid: index for index, told in enumerate(utterances) for row in told}
    reasons: list[SharedBy] = []
    for key, met in _meetings(rows):
        if len({index_of[uid] for uid, _ in met}) > 1:
            told = tuple(dict.fromkeys(uid for uid, _ in met))
            party = parties.get(key) if isinstance(key, int) else None
            reasons.append(SharedBy(party, told, met, "", None, None))
    for reason in reasons:
        joined.join(index_of[uid] for uid in reason.statements)
    origins = tuple(
        Origin(
            utterances=tuple(tuple(row.uid for row in utterances[index]) for index in group),
            shared_by=tuple(r for r in reasons if index_of[r.statements[0]] in group),
        )
        for group in joined.groups()
    )
    n = len(origins)
    return Support(
        n_statements=len(rows),
        n_speakers=len({row.speaker_id for row in rows if row.speaker_id is not None}),
        n_authors=len({row.evidence[0][1].document_id for row in rows if row.voice == Voice.AUTHOR}),
        n_undisclosed=sum(row.voice == Voice.UNDISCLOSED for row in rows),
        n_documents=len({row.evidence[0][1].document_id for row in rows}),
        n_utterances=len(utterances),
        origins=origins,
        independent=(),
        n_not_established=n * (n - 1) // 2,
    )


def _utterances(rows: Sequence[StatementRow]) -> list[list[StatementRow]]:
    """Return the statements by act of speech; one that is not linked to any is an act by itself."""
    found: dict[UUID, list[StatementRow]] = defaultdict(list)
    for row in rows:
        found[row.utterance or row.uid].append(row)
    return list(found.values())


def _passed(row: StatementRow) -> Iterator[tuple[int | str, int]]:
    """Yield (party, hop) of everyone through whom a statement is known to have passed, the speaker at hop 0.

    A document's own author is known by the document alone.
    """
    if row.speaker_id is not None:
        yield row.speaker_id, 0
    elif row.voice == Voice.AUTHOR:
        yield f"author of {row.evidence[0][1].document}", 0
    for relay in row.relays:
        if relay.party_id is not None:
            yield relay.party_id, relay.hop


def _meetings(rows: Iterable[StatementRow]) -> Iterator[tuple[int | str, tuple[tuple[UUID, int], ...]]]:
    """Yield everyone through whom several statements passed, with where in their chains."""
    met: dict[int | str, list[tuple[UUID, int]]] = defaultdict(list)
    for row in rows:
        for key, hop in _passed(row):
            met[key].append((row.uid, hop))
    for key, places in met.items():
        if len(places) > 1:
            yield key, tuple(places)


class _Joined:
    """Numbers from 0 on, joined into groups."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def _top(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = index = self._parent[self._parent[index]]
        return index

    def join(self, indexes: Iterable[int]) -> None:
        """Put all of these into one group."""
        first, *others = map(self._top, indexes)
        for other in others:
            low, high = sorted((self._top(first), self._top(other)))
            self._parent[high] = low

    def groups(self) -> list[list[int]]:
        """Return the groups, by their lowest number."""
        found: Mapping[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            found[self._top(index)].append(index)
        return list(found.values())
