"""Plain rows as they were: the readers of `reading`, asked of the past.

Public: `call_roll`, `recall_statements`, `recall_claims`, `recall_parties`, `recall_documents`. Whatever was since
changed, merged or deleted is read from the ledger's images; the rest from the tables. A bounded number of queries.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sources.models import Document, DocumentVersion, Excerpt, Party

from .choices import EvidenceRole, Review, Stance
from .models import Claim, Evidence, Question, Relay, Statement, Utterance
from .past import Past, Was
from .reading import ClaimRow, DocumentRow, ExcerptRow, PartyRow, RelayRow, StatementRow
from .standing import COLUMNS, KNOWN, SAID, Called, Stood
from .succession import Succeeding, find_live


class _Place(NamedTuple):
    """Where an excerpt stands, and when its text was captured."""

    version: int
    document: UUID
    captured_at: datetime


def call_roll(past: Past, *, accepted_only: bool = False) -> list[Called]:
    """Return the statements that stood, told in documents that were known by then."""
    rows = Statement.objects.filter(case=past.case)
    columns = (*COLUMNS, "review", "withdrawn_at", "supersedes__uid", *SAID, *KNOWN)
    found: dict[UUID, tuple[Called, UUID | None]] = {}
    published = _published(past)
    heard = _heard(past)
    for *stood, review, withdrawn_at, earlier, said, uttered, published_at, captured_at in rows.values_list(*columns):
        row = Stood._make(stood)
        if not past.is_as_it_was(Statement, row.uid):
            if past.was_there(Statement, row.uid):
                continue  # read from its image
            review, withdrawn_at = Review.DRAFT.value, None
        known_at = published.get(row.document_id, published_at) or captured_at
        if _counts(review, withdrawn_at, accepted_only) and known_at < past.until:
            found[row.uid] = Called(row, said or heard.get(row.uid, uttered), known_at), earlier
    found |= _recall_changed(past, accepted_only, published)
    succeeding = {
        uid: Succeeding(earlier, called.stood.stance == Stance.RETRACTS) for uid, (called, earlier) in found.items()
    }
    return [found[uid][0] for uid in find_live(succeeding)]


def _counts(review: str, withdrawn_at: datetime | None, accepted_only: bool) -> bool:
    if withdrawn_at is not None:
        return False
    return review == Review.ACCEPTED if accepted_only else review != Review.REJECTED


def _published(past: Past) -> dict[int, datetime | None]:
    """Return when documents were held to have been published that have been changed since, by key."""
    changed = past.changed(Document)
    keys = past.keys(Document, changed)
    return {keys[uid]: row["published_at"] for uid, row in changed.items()}


def _heard(past: Past) -> dict[UUID, datetime | None]:
    """Return when statements were held to have been made whose utterance has been changed since, by public id."""
    changed = past.changed(Utterance)
    if not changed:
        return {}
    told = Statement.objects.filter(case=past.case, utterance__uid__among=changed)
    return {uid: changed[utterance]["said_at"] for uid, utterance in told.values_list("uid", "utterance__uid")}


def _recall_changed(
    past: Past, accepted_only: bool, published: dict[int, datetime | None]
) -> dict[UUID, tuple[Called, UUID | None]]:
    """Return those that have been changed or deleted since, each with the statement that it superseded."""
    erased = past.rows(Statement, past.erased(Statement))
    rows = [
        row
        for row in (past.changed(Statement) | erased).values()
        if row["case"] == past.case.uid and _counts(row["review"], row["withdrawn_at"], accepted_only)
    ]
    places = _recall_places(past, {row["excerpt"] for row in rows})
    documents = past.keys(Document, {place.document for place in places.values()})
    dates = past.rows(Document, {place.document for place in places.values()})
    utterances = past.rows(Utterance, {row["utterance"] for row in rows} - {None})
    claims = past.keys(Claim, {row["claim"] for row in rows})
    speakers = past.keys(Party, {row["speaker"] for row in rows})
    statements = past.keys(Statement, {row["uid"] for row in rows})
    found = {}
    for row in rows:
        place = places[row["excerpt"]]
        known_at = dates[place.document]["published_at"] or place.captured_at
        if known_at < past.until:
            stood = Stood(
                pk=statements[row["uid"]],
                uid=row["uid"],
                claim_id=claims[row["claim"]],
                stance=row["stance"],
                voice=row["voice"],
                speaker_id=speakers[row["speaker"]] if row["speaker"] else None,
                document_id=documents[place.document],
            )
            said_at = row["said_at"] or (utterances[row["utterance"]]["said_at"] if row["utterance"] else None)
            found[row["uid"]] = Called(stood, said_at, known_at), row["supersedes"]
    return found


def _recall_places(past: Past, excerpts: Collection[UUID]) -> dict[UUID, _Place]:
    """Return where these excerpts stand, those that are gone since included."""
    columns = ("uid", "version__number", "version__document__uid", "version__captured_at")
    known = Excerpt.objects.filter(uid__among=excerpts).values_list(*columns)
    found = {uid: _Place(*place) for uid, *place in known}
    gone = past.rows(Excerpt, set(excerpts) - found.keys())
    versions = past.rows(DocumentVersion, {row["version"] for row in gone.values()})
    for uid, row in gone.items():
        version = versions[row["version"]]
        found[uid] = _Place(version["number"], version["document"], version["captured_at"])
    return found


# --- what stands beside --------------------------------------------------------------------------------------------


def recall_claims(past: Past, keys: Iterable[int]) -> dict[int, ClaimRow]:
    """Return these claims as they were worded, by key."""
    uids = past.uids(Claim, keys)
    rows = past.rows(Claim, uids.values())
    questions = past.rows(Question, {row["question"] for row in rows.values()} - {None})
    numbers = past.keys(Question, questions)
    found = {}
    for key, uid in uids.items():
        row = rows[uid]
        question = questions.get(row["question"])
        own = {name: row[name] for name in ClaimRow._fields if name in row}
        found[key] = ClaimRow(
            **{
                **own,
                "pk": key,
                "question_id": numbers[row["question"]] if question else None,
                "question": row["question"] if question else None,
                "question_text": question["text"] if question else None,
            }
        )
    return found


def recall_parties(past: Past, keys: Iterable[int]) -> dict[int, PartyRow]:
    """Return these parties under the labels that they had, by key."""
    uids = past.uids(Party, keys)
    rows = past.rows(Party, uids.values())
    return {
        key: PartyRow(pk=key, **{name: rows[uid][name] for name in PartyRow._fields if name != "pk"})
        for key, uid in uids.items()
    }


def recall_documents(past: Past, keys: Iterable[int]) -> dict[int, DocumentRow]:
    """Return these documents as they were described, by key."""
    uids = past.uids(Document, keys)
    rows = past.rows(Document, uids.values())
    publishers = past.rows(Party, {row["publisher"] for row in rows.values()} - {None})
    captured: dict[UUID, datetime] = {}
    versions = DocumentVersion.objects.filter(document__uid__among=uids.values())
    times = list(versions.values_list("document__uid", "captured_at"))
    times += [(row["document"], row["captured_at"]) for row in past.changed(DocumentVersion).values()]
    for document, at in times:
        captured[document] = min(at, captured.get(document, at))
    columns = ("uid", "title", "byline", "web_url", "language", "publisher", "published_at")
    return {
        key: DocumentRow(
            pk=key,
            **{name: rows[uid][name] for name in columns},
            publisher_label=publishers[rows[uid]["publisher"]]["label"] if rows[uid]["publisher"] else None,
            captured_at=captured.get(uid),
        )
        for key, uid in uids.items()
    }


# --- statements with their words and chains ------------------------------------------------------------------------


def recall_statements(past: Past, keys: Collection[int], live: Collection[int]) -> dict[int, StatementRow]:
    """Return these statements with their words and chains as they were, by key; those in `live` stood."""
    uids = past.uids(Statement, keys)
    rows = past.rows(Statement, uids.values())
    evidence = _recall_evidence(past, rows)
    excerpts = _recall_excerpts(past, {piece for pieces in evidence.values() for _, piece in pieces})
    relays = _recall_relays(past, rows)
    claims = past.rows(Claim, {row["claim"] for row in rows.values()})
    parties = past.rows(Party, {row["speaker"] for row in rows.values()} - {None})
    utterances = past.rows(Utterance, {row["utterance"] for row in rows.values()} - {None})
    documents = past.rows(Document, {place.document for place, _ in excerpts.values()})
    claim_keys, party_keys = past.keys(Claim, claims), past.keys(Party, parties)
    found = {}
    for pk, uid in uids.items():
        row, pieces = rows[uid], evidence[uid]
        place = excerpts[pieces[0][1]][0]
        utterance = utterances.get(row["utterance"])
        speaker = parties.get(row["speaker"])
        own = {name: row[name] for name in StatementRow._fields if name in row}
        found[pk] = StatementRow(
            **{
                **own,
                "pk": pk,
                "case_id": past.case.pk,
                "claim_id": claim_keys[row["claim"]],
                "claim_text": claims[row["claim"]]["text"],
                "speaker_id": party_keys[row["speaker"]] if speaker else None,
                "speaker_label": speaker["label"] if speaker else None,
                "is_live": pk in live,
                "uttered_at": utterance["said_at"] if utterance else None,
                "published_at": documents[place.document]["published_at"],
                "captured_at": place.captured_at,
                "evidence": [(role, excerpts[piece][1]) for role, piece in pieces],
                "relays": relays.get(uid, []),
            }
        )
    return found


def _owned(past: Past, model: type[Evidence] | type[Relay], statements: Collection[UUID]) -> list[Was]:
    """Return what these statements owned: of one recorded since, all that it has; else what was there then."""
    now = model.objects.filter(statement__uid__among=statements)
    recorded_since = [uid for uid in statements if not past.was_there(Statement, uid)]
    theirs = set(model.objects.filter(statement__uid__among=recorded_since).values_list("uid", flat=True))
    return past.rows_where(model, now, lambda row: row["statement"] in statements, but=theirs)


def _recall_evidence(past: Past, rows: dict[UUID, Was]) -> dict[UUID, list[tuple[str, UUID]]]:
    pieces = {uid: [(EvidenceRole.CONTENT.value, row["excerpt"])] for uid, row in rows.items()}
    for row in sorted(_owned(past, Evidence, rows.keys()), key=lambda row: row["uid"]):
        pieces[row["statement"]].append((row["role"], row["excerpt"]))
    return pieces


def _recall_relays(past: Past, rows: dict[UUID, Was]) -> dict[UUID, list[RelayRow]]:
    hops = sorted(_owned(past, Relay, rows.keys()), key=lambda row: row["hop"])
    parties = past.rows(Party, {hop["party"] for hop in hops} - {None})
    keys = past.keys(Party, parties)
    found: dict[UUID, list[RelayRow]] = defaultdict(list)
    for hop in hops:
        party = hop["party"]
        found[hop["statement"]].append(
            RelayRow(
                hop=hop["hop"],
                party_id=keys[party] if party else None,
                party=party,
                label=parties[party]["label"] if party else None,
                is_gap=hop["is_gap"],
                cue=hop["cue"],
                attitude=hop["attitude"],
            )
        )
    return found


def _recall_excerpts(past: Past, uids: Collection[UUID]) -> dict[UUID, tuple[_Place, ExcerptRow]]:
    places = _recall_places(past, uids)
    rows = past.rows(Excerpt, uids)
    documents = past.keys(Document, {place.document for place in places.values()})
    words = ("uid", "start", "end", "exact", "prefix", "suffix")
    return {
        uid: (
            place,
            ExcerptRow(
                **{name: rows[uid][name] for name in words},
                version=place.version,
                document_id=documents[place.document],
                document=place.document,
            ),
        )
        for uid, place in places.items()
    }
