"""What is laid before a reader with a statement: who, through whom, in which document, and what analysts hold of it.

Public: `Exhibit`, `Opinion`, `Surroundings`, `show_statements`, `find_sentences`. The two axes of rating stand beside
each other, each analyst's newest; nothing combines or orders by them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, TextField
from django.db.models.functions import Greatest, Substr

from sources.models import Excerpt, ReliabilityRating
from sources.sentences import sentence_around

from .models import CredibilityRating
from .reading import DocumentRow, PartyRow, StatementRow
from .standpoint import Standpoint

_REACH = 600  # code points on either side of the words in which the ends of their sentence are looked for


class Opinion(NamedTuple):
    """One analyst's grade of a party or of a statement, with the reason."""

    uid: UUID
    grade: str
    rationale: str
    analyst: str | None
    rated_at: datetime


class Surroundings(NamedTuple):
    """The words of the sentence around an excerpt; whether the text goes on beyond what was looked at."""

    before: str
    after: str


@dataclass(frozen=True)
class Exhibit:
    """A statement with what stands beside it; `publication_known` is False where its date is that of capturing."""

    statement: StatementRow
    document: DocumentRow
    speaker: PartyRow | None
    reliability: tuple[Opinion, ...]  # of the speaker
    credibility: tuple[Opinion, ...]  # of the statement

    @property
    def publication_known(self) -> bool:
        """Tell whether the document says when it was published."""
        return self.statement.published_at is not None


def show_statements(standpoint: Standpoint, keys: Collection[int]) -> dict[int, Exhibit]:
    """Return these statements as exhibits, by key, in a number of queries that does not grow."""
    rows = standpoint.read(keys)
    documents = standpoint.read_documents({row.evidence[0][1].document_id for row in rows.values()})
    parties = standpoint.read_parties({row.speaker_id for row in rows.values() if row.speaker_id is not None})
    reliability = _newest(read_opinions_of_parties(standpoint, parties))
    credibility = _newest(read_opinions_of_statements(standpoint, rows))
    return {
        pk: Exhibit(
            statement=row,
            document=documents[row.evidence[0][1].document_id],
            speaker=parties.get(row.speaker_id or 0),
            reliability=reliability.get(row.speaker_id or 0, ()),
            credibility=credibility.get(pk, ()),
        )
        for pk, row in rows.items()
    }


def read_opinions_of_parties(standpoint: Standpoint, keys: Iterable[int]) -> dict[int, list[Opinion]]:
    """Return every grade of these parties that is seen in the case, the oldest first, by party."""
    ratings = ReliabilityRating.objects.usable_in(standpoint.case).filter(party_id__in=list(keys))
    return _gather(ratings.order_by("rated_at", "uid"), "party_id")


def read_opinions_of_statements(standpoint: Standpoint, keys: Iterable[int]) -> dict[int, list[Opinion]]:
    """Return every grade of these statements, the oldest first, by statement."""
    ratings = CredibilityRating.objects.filter(statement_id__in=list(keys))
    return _gather(ratings.order_by("rated_at", "uid"), "statement_id")


def _gather(ratings: Any, of: str) -> dict[int, list[Opinion]]:
    found: dict[int, list[Opinion]] = defaultdict(list)
    columns = ("uid", "grade", "rationale", "analyst__username", "rated_at")
    for key, *row in ratings.values_list(of, *columns):
        found[key].append(Opinion._make(row))
    return found


def _newest(opinions: Mapping[int, list[Opinion]]) -> dict[int, tuple[Opinion, ...]]:
    """Keep the newest opinion of each analyst, in the order in which they were given."""
    kept = {}
    for key, given in opinions.items():
        newest: dict[str | None, Opinion] = {}
        for opinion in given:
            newest.pop(opinion.analyst, None)
            newest[opinion.analyst] = opinion
        kept[key] = tuple(newest.values())
    return kept


def find_sentences(rows: Collection[StatementRow]) -> dict[UUID, Surroundings]:
    """Return for the main words of each statement, by excerpt, what stands around them in their sentence.

    Only as much of each text is read as a sentence can reach.
    """
    wanted = {row.evidence[0][1].uid for row in rows}
    first = Greatest(F("start") - _REACH, 0)
    cut = Substr("version__text", first + 1, F("end") - F("start") + 2 * _REACH, output_field=TextField())
    found = {}
    for uid, start, end, text in (
        Excerpt.objects.filter(uid__in=wanted).annotate(cut=cut).values_list("uid", "start", "end", "cut")
    ):
        skipped = max(start - _REACH, 0)
        begin, stop = start - skipped, end - skipped
        left, right = sentence_around(text, begin, stop)
        found[uid] = Surroundings(text[left:begin], text[stop:right])
    return found
