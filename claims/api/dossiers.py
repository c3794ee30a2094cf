"""All that there is on one claim, and what supports it."""

from uuid import UUID

from rest_framework.request import Request

from sources.api.keyset import Cursor, read_limit
from sources.api.resources import Links
from sources.api.schema import PAGE, moment
from sources.choices import Reliability

from ..choices import Credibility
from ..conflicts import contested_among, opposing_to
from ..dossier import Dossier, Entry, compile_dossier
from ..models import Claim
from ..standpoint import Standpoint
from ..support import SharedBy, Support, read_support
from .account_shapes import CorroborationShape, DossierShape, Ratings, SharedByShape, SupportShape
from .exhibits import (
    present_claim,
    present_entries,
    present_exhibits,
    present_opinion,
    present_question,
    present_wordings,
)
from .standpoints import STANDPOINT, read_standpoint

DOSSIER = [*STANDPOINT, *PAGE]


def answer_dossier(request: Request, claim: Claim, links: Links) -> DossierShape:
    """Return the dossier of a claim; `limit` and `next` are of what is for it and what is open."""
    standpoint = read_standpoint(request, claim.case)
    cursor = Cursor.read(request)
    after = UUID(cursor.place[0]) if cursor else None
    dossier = compile_dossier(standpoint, claim, limit=read_limit(request), after=after)
    following = dossier.next_after
    address = Cursor([str(following)], False).address(request) if following else None
    return _present_dossier(dossier, claim, links, address)


def _present_dossier(dossier: Dossier, claim: Claim, links: Links, following: str | None) -> DossierShape:
    at = dossier.standpoint
    exhibits = present_exhibits([entry.exhibit for entry in _entries(dossier)], links, at)
    opposing = opposing_to({claim.pk: claim.case_id}, at)[claim.pk]
    return {
        "case": str(claim.case.uid),
        "as_of": at.as_of.isoformat() if at.as_of else None,
        "accepted_only": at.accepted_only,
        "question": present_question(dossier.claim, links),
        "claim": present_claim(dossier.claim, dossier.contested, opposing, links),
        "wordings": present_wordings(dossier.wordings, links),
        "for": {"n_statements": dossier.n_holding, "statements": present_entries(dossier.holding, exhibits)},
        "against": {
            "denials": present_entries(dossier.denials, exhibits),
            "rivals": present_entries(dossier.rivals, exhibits),
            "tensions": present_entries(dossier.tensions, exhibits),
        },
        "open": {
            "n_statements": dossier.n_open,
            "statements": present_entries(dossier.open, exhibits),
            "hedged": [str(row.uid) for row in dossier.hedged],
            "retractions": present_entries(dossier.retractions, exhibits),
        },
        "support": present_support(dossier.support),
        "ratings": _present_ratings(dossier),
        "conclusions": [
            {
                "id": str(signed.uid),
                "url": links("conclusions", signed.uid),
                "text": signed.text,
                "signed_by": signed.signed_by,
                "signed_at": moment(signed.signed_at) or "",
            }
            for signed in dossier.conclusions
        ],
        "next": following,
    }


def _entries(dossier: Dossier) -> list[Entry]:
    against = (*dossier.denials, *dossier.rivals, *dossier.tensions)
    return [*dossier.holding, *against, *dossier.open, *dossier.retractions]


def _present_ratings(dossier: Dossier) -> Ratings:
    """Return every rating of the speakers and statements shown, the oldest first, the two axes apart."""
    rows = {entry.exhibit.statement.pk: entry.exhibit.statement for entry in _entries(dossier)}
    speakers = {row.speaker_id: (str(row.speaker), row.speaker_label or "") for row in rows.values() if row.speaker_id}
    return {
        "reliability": [
            {
                "party": {"id": speakers[key][0], "label": speakers[key][1]},
                "ratings": [present_opinion(opinion, Reliability.F) for opinion in opinions],
            }
            for key, opinions in sorted(dossier.speaker_ratings.items())
        ],
        "credibility": [
            {
                "statement": str(rows[key].uid),
                "ratings": [present_opinion(opinion, Credibility.UNJUDGED) for opinion in opinions],
            }
            for key, opinions in sorted(dossier.ratings.items())
        ],
    }


def answer_corroboration(request: Request, claim: Claim, links: Links) -> CorroborationShape:
    """Return what supports a claim, beside what opposes it."""
    at: Standpoint = read_standpoint(request, claim.case)
    in_case = {claim.pk: claim.case_id}
    row = at.read_claims([claim.pk])[claim.pk]
    return {
        "claim": present_claim(row, bool(contested_among(in_case, at)), opposing_to(in_case, at)[claim.pk], links),
        "as_of": at.as_of.isoformat() if at.as_of else None,
        "accepted_only": at.accepted_only,
        **present_support(read_support(at, claim)),
    }


def present_support(support: Support) -> SupportShape:
    """Return on what a claim rests."""
    return {
        "n_statements": support.n_statements,
        "n_speakers": support.n_speakers,
        "n_authors": support.n_authors,
        "n_undisclosed": support.n_undisclosed,
        "n_documents": support.n_documents,
        "n_utterances": support.n_utterances,
        "origins": [
            {
                "utterances": [[str(row.uid) for row in told] for told in origin.utterances],
                "shared_by": [_present_shared(shared) for shared in origin.shared_by],
            }
            for origin in support.origins
        ],
        "independent": [
            {
                "origins": list(found.origins),
                "statements": [str(uid) for uid in found.statements],
                "reason": found.reason,
                "judged_by": found.by,
                "judged_at": moment(found.at) or "",
            }
            for found in support.independent
        ],
        "n_not_established": support.n_not_established,
    }


def _present_shared(shared: SharedBy) -> SharedByShape:
    return {
        "parties": [{"id": str(party.uid), "label": party.label} for party in shared.parties],
        "path": [{"statement": str(uid), "hop": hop} for uid, hop in shared.places],
        "reason": shared.reason,
        "judged_by": shared.by,
        "judged_at": moment(shared.at),
    }
