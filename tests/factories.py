"""Rows for tests, made by the domain as anyone makes them. Names count up, and the clock stands still."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from claims.drafting import Draft
from claims.models import Claim, ClaimRelation, Question, Relay, Statement
from claims.recording import record_statements
from claims.relating import relate_claims
from claims.wording import pose_questions, word_claims
from sources.capturing import capture_document
from sources.choices import Access, Judgement, Role
from sources.excerpting import Quotation
from sources.ledger import By
from sources.models import Arrival, Case, Document, DocumentVersion, Party, PartyAlias, PartyLink
from sources.opening import admit_member, open_case
from sources.registering import link_parties, register_parties
from sources.tokens import issue_token

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CONSOLE = By(actor=None, at=NOW)
_numbers = count(1)

TEXT = "Anna said the bridge was open. Boris denied that the bridge was open. The mayor would not say."


def make_user(name: str = "", **fields: Any) -> User:
    """Return a new account."""
    return get_user_model().objects.create_user(name or f"user-{next(_numbers)}", password="secret-word", **fields)


def make_admin() -> User:
    """Return a new administrator."""
    return make_user(f"admin-{next(_numbers)}", is_staff=True, is_superuser=True)


def make_token(user: User, **fields: Any) -> str:
    """Return the text of a new token."""
    return issue_token(user=user, name="test", at=NOW, **fields)[1]


def make_case(*, access: str = Access.OPEN, **fields: Any) -> Case:
    """Return a new case."""
    return open_case(by=CONSOLE, case=Case(**{"title": f"Case {next(_numbers)}", "access": access, **fields}))


def make_member(case: Case, role: Role) -> User:
    """Return a new account with this role in the case."""
    user = make_user(is_staff=True)
    admit_member(by=CONSOLE, case=case, user=user, role=role)
    return user


def make_party(case: Case | None, label: str = "", **fields: Any) -> Party:
    """Return a new party."""
    party = Party(label=label or f"Party {next(_numbers)}", **fields)
    return register_parties(by=CONSOLE, case=case, parties=[party])[0]


def make_link(case: Case | None, start: Party, end: Party, kind: str, *, by: By = CONSOLE, **fields: Any) -> PartyLink:
    """Return a new link, judged positive unless told otherwise."""
    link = PartyLink(from_party=start, to_party=end, kind=kind, **{"judgement": Judgement.POSITIVE, **fields})
    return link_parties(by=by, case=case, links=[link])[0]


def make_document(case: Case, text: str = TEXT, *, by: By = CONSOLE, **fields: Any) -> Document:
    """Return a new document with one version."""
    document = Document(**{"title": f"Document {next(_numbers)}", **fields})
    return capture_document(by=by, case=case, document=document, versions=[DocumentVersion(text=text)])


def make_arrival(case: Case, user: User, text: str = TEXT, **fields: Any) -> Arrival:
    """Return a file that came in through this user and waits to be captured."""
    values = {"kind": "text", "media_type": "text/plain", "encoding": "UTF-8", "ground": "valid", "file_name": "a.txt"}
    values |= {"extractor": "decode", "extractor_version": "1", "data": text.encode(), "made_at": NOW, **fields}
    return Arrival.objects.create(case=case, user=user, text=text, **values)


def make_arrived(case: Case, user: User, text: str = TEXT, **fields: Any) -> Document:
    """Return a new document whose text was made of a file."""
    arrival = make_arrival(case, user, text, fetched_from="https://example.org/a.txt", fetched_at=NOW)
    document = Document(**{"title": f"Document {next(_numbers)}", **fields})
    return capture_document(by=By(actor=user, at=NOW), case=case, document=document, versions=[arrival.as_version()])


def version_of(document: Document) -> DocumentVersion:
    """Return the newest version of a document."""
    return document.versions.newest_first()[0]


def make_question(case: Case, text: str = "") -> Question:
    """Return a new question."""
    return pose_questions(by=CONSOLE, case=case, questions=[Question(text=text or f"Question {next(_numbers)}?")])[0]


def make_claim(case: Case, text: str = "", **fields: Any) -> Claim:
    """Return a new claim."""
    return word_claims(by=CONSOLE, case=case, claims=[Claim(text=text or f"Claim {next(_numbers)}.", **fields)])[0]


def make_statement(
    claim: Claim,
    *,
    speaker: Party | None = None,
    stance: str = "asserts",
    document: Document | None = None,
    quote: str | None = None,
    relays: Any = (),
    evidence: Any = (),
    by: By = CONSOLE,
    **fields: Any,
) -> Statement:
    """Return a new statement; its words are the first of the document unless a quote is given."""
    case = claim.case
    if speaker is None and fields.get("voice", "party") == "party":
        speaker = make_party(case)
    version = version_of(document or Document.objects.filter(case=case).first() or make_document(case))
    words = Quotation(version=version, exact=quote) if quote else Quotation(version=version, start=0, end=4)
    row = Statement(claim=claim, speaker=speaker, stance=stance, **fields)
    draft = Draft(
        statement=row,
        words=words,
        relays=[relay if isinstance(relay, Relay) else Relay(party=relay) for relay in relays],
        evidence=[(role, Quotation(version=version, exact=exact)) for role, exact in evidence],
    )
    return record_statements(by=by, case=case, drafts=[draft])[0]


def make_relation(
    a: Claim, b: Claim, kind: str, strength: str = "", *, by: By = CONSOLE, **fields: Any
) -> ClaimRelation:
    """Return a new relation, judged positive unless told otherwise."""
    relation = ClaimRelation(
        claim_a=a, claim_b=b, kind=kind, strength=strength, **{"judgement": Judgement.POSITIVE, **fields}
    )
    return relate_claims(by=by, case=a.case, relations=[relation])[0]


def make_alias(case: Case | None, party: Party, name: str) -> PartyAlias:
    """Return a further name of a party, which may be shared while the name is known in one case alone."""
    with CONSOLE.act("add_alias", case) as act:
        return act.insert(PartyAlias(case=case, party=party, name=name))
