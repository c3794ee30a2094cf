"""What is laid before a reader with a statement: who, through whom, in which document, and what analysts hold of it.

Public: `Exhibit`, `Opinion`, `Surroundings`, `show_statements`, `read_opinions`, `newest_of_each`, `find_sentences`.
The two axes of rating stand beside each other, each analyst's newest; nothing combines or orders by them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, TextField
from django.db.models.functions import Greatest, Substr

from sources.models import Excerpt, Record, ReliabilityRating
from sources.sentences import sentence_around

from .models import CredibilityRating
from .reading import DocumentRow, ExcerptRow, PartyRow, StatementRow
from .signed import read_signed
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
    reliability_given: list[Opinion]  # every grade of the speaker, the oldest first
    credibility_given: list[Opinion]  # every grade of the statement, the oldest first

    @property
    def reliability(self) -> tuple[Opinion, ...]:
        """Each analyst's newest grade of the speaker."""
        return newest_of_each(self.reliability_given)

    @property
    def credibility(self) -> tuple[Opinion, ...]:
        """Each analyst's newest grade of the statement."""
        return newest_of_each(self.credibility_given)

    @property
    def publication_known(self) -> bool:
        """Tell whether the document says when it was published."""
        return self.statement.published_at is not None


def show_statements(standpoint: Standpoint, keys: Collection[int]) -> dict[int, Exhibit]:
    """Return these statements as exhibits, by key, in a number of queries that does not grow."""
    rows = standpoint.read(keys)
    documents = standpoint.read_documents({row.evidence[0][1].document_id for row in rows.values()})
    parties = standpoint.read_parties({row.speaker_id for row in rows.values() if row.speaker_id is not None})
    reliability = read_opinions(standpoint, ReliabilityRating, parties)
    credibility = read_opinions(standpoint, CredibilityRating, rows)
    return {
        pk: Exhibit(
            statement=row,
            document=documents[row.evidence[0][1].document_id],
            speaker=parties.get(row.speaker_id or 0),
            reliability_given=reliability.get(row.speaker_id or 0, []),
            credibility_given=credibility.get(pk, []),
        )
        for pk, row in rows.items()
    }


def read_opinions(standpoint: Standpoint, model: type[Record], keys: Collection[int]) -> dict[int, list[Opinion]]:
    """Return every grade of these parties or statements that is seen in the case, by key, the oldest first."""
    found: dict[int, list[Opinion]] = defaultdict(list)
    for signed in read_signed(standpoint, model, keys):
        found[signed.of[0]].append(Opinion(signed.uid, signed.word, signed.text, signed.by, signed.at))
    return dict(found)


def newest_of_each(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """Return the newest opinion of each analyst, in the order in which they were given."""
    newest: dict[str | None, Opinion] = {}
    for opinion in opinions:
        newest.pop(opinion.analyst, None)
        newest[opinion.analyst] = opinion
    return tuple(newest.values())


def find_sentences(rows: Collection[StatementRow]) -> dict[int, Surroundings]:
    """Return for the main words of each statement, by its key, what stands around them in their sentence.

    Only as much of each text is read as a sentence can reach. Of an excerpt that is gone its own context is left.
    """
    wanted = {_main(row).uid for row in rows}
    first = Greatest(F("start") - _REACH, 0)
    cut = Substr("version__text", first + 1, F("end") - F("start") + 2 * _REACH, output_field=TextField())
    found = {}
    columns = ("uid", "start", "end", "version__document__language", "cut")
    for uid, start, end, language, text in (
        Excerpt.objects.filter(uid__in=wanted).annotate(cut=cut).values_list(*columns)
    ):
        skipped = max(start - _REACH, 0)
        begin, stop = start - skipped, end - skipped
        sentence = sentence_around(text, begin, stop, language)
        found[uid] = Surroundings(text[sentence.start : begin], text[stop : sentence.end])
    return {
        row.pk: found.get(words.uid, Surroundings(words.prefix, words.suffix)) for row in rows for words in [_main(row)]
    }


def _main(row: StatementRow) -> ExcerptRow:
    return row.evidence[0][1]
