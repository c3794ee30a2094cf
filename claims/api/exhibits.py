"""Plain rows in, public JSON out: statements with what stands beside them, columns, cells and entries."""

from collections.abc import Collection, Iterable
from typing import Any

from sources.api.resources import Links
from sources.api.schema import moment
from sources.choices import Reliability

from ..accounts import Column
from ..choices import Credibility
from ..commitments import Meeting
from ..conflicts import Opposition
from ..dossier import Entry
from ..exhibiting import Exhibit, Opinion
from ..reading import ClaimRow, DocumentRow
from ..standpoint import Standpoint
from .account_shapes import (
    AccountShape,
    ComparedClaim,
    EntryShape,
    ExhibitShape,
    MeetingShape,
    SourceReference,
    Wording,
)
from .presenting import present_opposing, present_statements, refer_to_question
from .shapes import QuestionReference


def present_exhibits(exhibits: Iterable[Exhibit], links: Links, at: Standpoint) -> dict[int, ExhibitShape]:
    """Return exhibits in their public shape, by key of the statement, as they stood."""
    shown = {exhibit.statement.pk: exhibit for exhibit in exhibits}
    statements = present_statements([exhibit.statement for exhibit in shown.values()], links, at)
    return {
        pk: {
            **statement,
            "document": present_source(exhibit.document, links),
            "known_at": moment(exhibit.statement.known_at) or "",
            "dated": "published" if exhibit.publication_known else "captured",
            "reliability": [present_opinion(given, Reliability.F) for given in exhibit.reliability],
            "credibility": [present_opinion(given, Credibility.UNJUDGED) for given in exhibit.credibility],
        }
        for (pk, exhibit), statement in zip(shown.items(), statements, strict=True)
    }


def present_source(row: DocumentRow, links: Links) -> SourceReference:
    """Return the document in which something is told."""
    return {
        "id": str(row.uid),
        "url": links("documents", row.uid),
        "title": row.title,
        "publisher": {"id": str(row.publisher), "label": row.publisher_label or ""} if row.publisher else None,
        "published_at": moment(row.published_at),
        "captured_at": moment(row.captured_at),
    }


def present_opinion(opinion: Opinion, none: str) -> Any:
    """Return one analyst's grade; `none` is the grade that is no grade."""
    return {
        "id": str(opinion.uid),
        "grade": opinion.grade,
        "value": None if opinion.grade == none else opinion.grade,
        "rationale": opinion.rationale,
        "analyst": opinion.analyst,
        "rated_at": moment(opinion.rated_at),
    }


def present_columns(columns: Iterable[Column], links: Links) -> list[AccountShape]:
    """Return what is compared."""
    return [
        {
            "label": column.label,
            "parties": [
                {"id": str(party.uid), "label": party.label, "named": index < column.n_named}
                for index, party in enumerate(column.parties)
            ],
            "document": present_source(column.document, links) if column.document else None,
            "n_documents": column.n_documents,
        }
        for column in columns
    ]


def present_claim(row: ClaimRow, contested: bool, opposing: Collection[Opposition], links: Links) -> ComparedClaim:
    """Return a claim with all that opposes it."""
    return {
        "id": str(row.uid),
        "url": links("claims", row.uid),
        "text": row.text,
        "contested": contested,
        "opposing": present_opposing(opposing, links),
    }


def present_wordings(rows: Iterable[ClaimRow], links: Links) -> list[Wording]:
    """Return the other claims that say the same."""
    return [{"id": str(row.uid), "url": links("claims", row.uid), "text": row.text} for row in rows]


def present_question(row: ClaimRow, links: Links) -> QuestionReference | None:
    """Return the question that a claim answers."""
    return refer_to_question(row.question, row.question_text or "", links) if row.question is not None else None


def present_meeting(meeting: Meeting | None) -> MeetingShape | None:
    """Return how two statements cannot both stand."""
    return None if meeting is None else {"basis": meeting.basis, "strength": meeting.strength}


def present_entries(entries: Iterable[Entry], exhibits: dict[int, ExhibitShape]) -> list[EntryShape]:
    """Return entries of a dossier."""
    return [
        {
            "statement": exhibits[entry.exhibit.statement.pk],
            "how": entry.how,
            "meeting": present_meeting(entry.meeting),
            "before": entry.sentence.before,
            "after": entry.sentence.after,
        }
        for entry in entries
    ]
