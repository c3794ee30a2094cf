"""On how many legs does a claim stand? Never one number.

Public: `SharedBy`, `Origin`, `Independence`, `Support`, `read_support`. Statements that assert the claim, or one that
says the same, are counted by statement, speaker, document and act of speech. Whether two acts of speech have one origin
is answered three ways: *established* as independent where an analyst says so with a reason; *shared* where an analyst
says so, or where their chains meet in one party or in two of which one stands above the other; and *not established*
in all other cases, however different they look. An analyst's word goes before what the chains show, which stays shown.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise
from typing import NamedTuple
from uuid import UUID

from .choices import Independent, Stance, Voice
from .models import Claim, IndependenceJudgement
from .reading import PartyRow, StatementRow
from .signed import Signed, read_signed
from .standpoint import Standpoint

_FEW = 200  # acts of speech that meet, above which they are joined in a row and not pair by pair


class SharedBy(NamedTuple):
    """Why some statements have one origin: a party in all their chains, one author, or an analyst's word for it.

    `places` are pairs (statement, hop) of where their chains meet; hop 0 is the speaker. Two parties where one is part
    of, is controlled by or speaks for the other; none for a document's author and for an analyst's word.
    """

    parties: tuple[PartyRow, ...]
    places: tuple[tuple[UUID, int], ...]
    reason: str = ""
    by: str | None = None
    at: datetime | None = None  # of an analyst's word

    @property
    def statements(self) -> tuple[UUID, ...]:
        """The statements, each once."""
        return tuple(dict.fromkeys(uid for uid, _ in self.places))

    @property
    def party(self) -> PartyRow | None:
        """The one party in all the chains, or the one that stands above the other."""
        return self.parties[-1] if self.parties else None


@dataclass(frozen=True)
class Origin:
    """Acts of speech that go back to one origin, each as the statements that report it; and why they do."""

    utterances: tuple[tuple[StatementRow, ...], ...]
    shared_by: tuple[SharedBy, ...]


class Independence(NamedTuple):
    """Two statements that an analyst holds to be independent, of two origins, by index, or of one all the same."""

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
    stood = [row for row in standpoint.statements.find(claims=members) if row.stance == Stance.ASSERTS]
    rows = sorted(standpoint.read([row.pk for row in stood]).values(), key=lambda row: row.uid)
    return _weigh(standpoint, rows)


def _weigh(standpoint: Standpoint, rows: Sequence[StatementRow]) -> Support:
    utterances = _utterances(rows)
    act_of = {row.uid: index for index, told in enumerate(utterances) for row in told}
    verdicts = _verdicts(standpoint, rows)
    independent = {pair for pair, signed in verdicts.items() if signed.word == Independent.INDEPENDENT}
    held_apart = {frozenset(map(act_of.__getitem__, pair)) for pair in independent}
    shared = {pair: signed for pair, signed in verdicts.items() if pair not in independent}
    met = [SharedBy((), tuple((uid, 0) for uid in pair), *_word(signed)) for pair, signed in shared.items()]
    met += _meetings(standpoint, rows)
    joined = _Joined(len(utterances))
    acts_of = [sorted({act_of[uid] for uid in meeting.statements}) for meeting in met]
    for meeting, acts in zip(met, acts_of, strict=True):
        # Of what an analyst holds apart, chains that meet join nothing; the others that meet there are joined.
        for one, other in combinations(acts, 2) if len(acts) < _FEW else pairwise(acts):
            if meeting.at is not None or frozenset((one, other)) not in held_apart:
                joined.join(one, other)
    groups = joined.groups()
    origin_of = {act: index for index, group in enumerate(groups) for act in group}
    shared_by: dict[int, list[SharedBy]] = defaultdict(list)
    for meeting, acts in zip(met, acts_of, strict=True):
        for origin, n_acts in Counter(origin_of[act] for act in acts).items():
            if n_acts > 1:
                shared_by[origin].append(meeting)
    origins = tuple(
        Origin(
            utterances=tuple(tuple(utterances[act]) for act in group),
            shared_by=tuple(shared_by[index]),
        )
        for index, group in enumerate(groups)
    )
    established = tuple(
        Independence((origin_of[act_of[one]], origin_of[act_of[other]]), (one, other), *_word(verdicts[one, other]))
        for one, other in sorted(independent)
    )
    apart = {frozenset(found.origins) for found in established if len(set(found.origins)) == 2}
    return Support(
        n_statements=len(rows),
        n_speakers=len({row.speaker_id for row in rows if row.speaker_id is not None}),
        n_authors=len({row.evidence[0][1].document_id for row in rows if row.voice == Voice.AUTHOR}),
        n_undisclosed=sum(row.voice == Voice.UNDISCLOSED for row in rows),
        n_documents=len({row.evidence[0][1].document_id for row in rows}),
        n_utterances=len(utterances),
        origins=origins,
        independent=established,
        n_not_established=len(origins) * (len(origins) - 1) // 2 - len(apart),
    )


def _verdicts(standpoint: Standpoint, rows: Sequence[StatementRow]) -> dict[tuple[UUID, UUID], Signed]:
    """Return the newest judgement of each pair of these statements."""
    uids = {row.pk: row.uid for row in rows}
    found = {}
    for signed in read_signed(standpoint, IndependenceJudgement, uids):
        one, other = sorted((uids[signed.of[0]], uids[signed.of[1]]))
        found[one, other] = signed
    return found


def _word(signed: Signed) -> tuple[str, str | None, datetime]:
    return signed.text, signed.by, signed.at


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


def _meetings(standpoint: Standpoint, rows: Iterable[StatementRow]) -> Iterator[SharedBy]:
    """Yield where several statements passed through one party, or through two of which one stands above the other."""
    places: dict[int | str, list[tuple[UUID, int]]] = defaultdict(list)
    for row in rows:
        for key, hop in _passed(row):
            places[key].append((row.uid, hop))
    parties = standpoint.read_parties([key for key in places if isinstance(key, int)])
    for key, met in places.items():
        if len({uid for uid, _ in met}) > 1:
            yield SharedBy((parties[key],) if isinstance(key, int) else (), tuple(met))
    for low in sorted(parties):
        for high in sorted(standpoint.above.get(low, set()) & parties.keys()):
            yield SharedBy((parties[low], parties[high]), (*places[low], *places[high]))


class _Joined:
    """Numbers from 0 on, joined into groups."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def _top(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = index = self._parent[self._parent[index]]
        return index

    def join(self, one: int, other: int) -> None:
        """Put the two, with all that they are joined to, into one group."""
        low, high = sorted((self._top(one), self._top(other)))
        self._parent[high] = low

    def groups(self) -> list[list[int]]:
        """Return the groups, by their lowest number."""
        found: Mapping[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            found[self._top(index)].append(index)
        return list(found.values())
