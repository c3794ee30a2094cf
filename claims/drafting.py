"""What is a statement before it is written, and can it be written at all?

Public: `Draft`, `links_of`, `check_drafts`. Forms, requests and bundles make drafts; `recording` writes them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from sources.excerpting import Quotation, place_quotation
from sources.ledger import check_row
from sources.models import Record
from sources.refusals import RowsRefused

from .choices import EvidenceRole
from .models import Relay, Statement


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A statement to be recorded: its own columns, the words that carry it, further evidence and the chain.

    `statement`, and the `relays` from the speaker onwards, are rows not yet written; recording gives them their case,
    excerpt, statement and hop. Parties, claims, questions and utterances that they name may be new as well.
    """

    statement: Statement
    words: Quotation
    evidence: Sequence[tuple[str, Quotation]] = ()
    relays: Sequence[Relay] = ()


def links_of(draft: Draft) -> Iterator[tuple[str, Record, str]]:
    """Yield (place, row, link) of everything that a draft may bring along, in the order in which it must be written."""
    statement = draft.statement
    claim = statement._state.fields_cache.get("claim")
    if claim is not None:
        yield "claim.question", claim, "question"
    yield "claim", statement, "claim"
    yield "utterance", statement, "utterance"
    yield "speaker", statement, "speaker"
    for index, relay in enumerate(draft.relays):
        yield f"relays.{index}.party", relay, "party"


def check_drafts(drafts: Sequence[Draft]) -> None:
    """Raise RowsRefused for the drafts that cannot be recorded, keyed by place.

    Asks the database nothing of new statements, but for what those supersede that they supersede.
    """
    errors = {index: refused for index, draft in enumerate(drafts) if (refused := _find_faults(draft))}
    for index, draft in enumerate(drafts):
        if index not in errors and _supersedes_itself(draft.statement):
            message = "this statement would supersede itself, through others"
            errors[index] = ValidationError({"supersedes": ValidationError(message, code="circle")})
    if errors:
        raise RowsRefused(errors)


def _supersedes_itself(statement: Statement) -> bool:
    """Tell whether the succession comes back to where it began, among statements written and not yet written."""
    seen = {statement.uid}
    earlier = statement.supersedes
    while earlier is not None:
        if earlier.uid in seen:
            return True
        if earlier.pk is not None and statement.pk is None:
            return False  # from what is written no way leads to what is not
        seen.add(earlier.uid)
        earlier = earlier.supersedes
    return False


class _Faults:
    """Errors of one draft, gathered by place."""

    def __init__(self) -> None:
        self.by_place: dict[str, list[ValidationError]] = {}

    def note(self, place: str, message: str, code: str) -> None:
        self.by_place.setdefault(place, []).append(ValidationError(message, code=code))

    def gather(self, prefix: str, refused: ValidationError) -> None:
        for place, found in refused.error_dict.items():
            self.by_place.setdefault(prefix + place, []).extend(found)


def _find_faults(draft: Draft) -> ValidationError | None:
    faults = _Faults()
    statement = draft.statement
    try:
        check_row(statement, but={"excerpt"})
    except ValidationError as refused:
        faults.gather("", refused)
    _check_words(draft, faults)
    _check_chain(draft, faults)
    # Told here by place; the ledger asks again of what stands once they are written.
    for place, row, link in links_of(draft):
        target = row._state.fields_cache.get(link)
        if target is not None and getattr(target, "merged_into_id", None) is not None:
            faults.note(place, f"this {target._meta.verbose_name} was merged into another", "merged")
    earlier = statement.supersedes
    if earlier is not None and (earlier.voice, earlier.speaker_id) != (statement.voice, statement.speaker_id):
        faults.note("supersedes", "a statement supersedes one of the same speaker and voice", "other_speaker")
    if statement.pk is not None:
        for later in statement.superseded_by.all():
            if (later.voice, later.speaker_id) != (statement.voice, statement.speaker_id):
                faults.note("speaker", "a later statement of this speaker supersedes it", "superseded")
    return ValidationError(faults.by_place) if faults.by_place else None


def _check_words(draft: Draft, faults: _Faults) -> None:
    """Note words that are not in the text, and evidence that stands twice or in another document."""
    seen = set()
    pieces = [("", EvidenceRole.CONTENT.value, draft.words)]
    pieces += [(f"evidence.{index}.", role, words) for index, (role, words) in enumerate(draft.evidence)]
    for prefix, role, words in pieces:
        try:
            place = (role, words.version.pk, place_quotation(words))
        except ValidationError as refused:
            faults.gather(prefix, refused)
            continue
        if place in seen:
            faults.note(f"{prefix}quote", "these words stand here twice in the same role", "twice")
        seen.add(place)
        if role not in EvidenceRole.values:
            faults.note(f"{prefix}role", f"the role is one of {', '.join(EvidenceRole.values)}", "invalid_choice")
        if words.version.case_id != draft.statement.case_id:
            faults.note(f"{prefix}quote", "this is of another case", "other_case")
        elif words.version.document_id != draft.words.version.document_id:
            faults.note(f"{prefix}quote", "a statement's evidence is from one document", "other_document")


def _check_chain(draft: Draft, faults: _Faults) -> None:
    """Note relays that their model refuses, and a party that stands in the chain twice, the speaker included."""
    passed = {draft.statement.speaker_id} - {None}
    for index, relay in enumerate(draft.relays):
        prefix = f"relays.{index}."
        try:
            check_row(relay, but={"statement"})
        except ValidationError as refused:
            faults.gather(prefix, refused)
        if relay.party_id in passed:
            faults.note(f"{prefix}party", "a party stands at most once in a chain", "twice")
        elif relay.party_id is not None:
            passed.add(relay.party_id)
