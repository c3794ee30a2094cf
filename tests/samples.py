"""One row of every model, made as anyone makes them, twice: in a case and in another one.

For whatever must hold of all models: a new model without a row here fails the tests that walk over them.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from claims.choices import RelationKind
from claims.concluding import judge_independence, sign_conclusions
from claims.models import (
    Claim,
    ClaimRelation,
    Conclusion,
    CredibilityRating,
    Evidence,
    IndependenceJudgement,
    Question,
    Relay,
    Statement,
    Utterance,
)
from claims.rating import rate_parties, rate_statements
from claims.wording import note_utterances
from sources.choices import LinkKind, Role
from sources.models import (
    Case,
    CaseMembership,
    Document,
    DocumentVersion,
    Excerpt,
    Original,
    Party,
    PartyAlias,
    PartyLink,
    Record,
    ReliabilityRating,
)
from sources.opening import admit_member
from sources.registering import register_parties
from tests import factories as make

Rows = dict[type[Record], Record]


@dataclass(frozen=True)
class Samples:
    """A row of every model in `here`, another of every model in `there`, and a party that both cases share."""

    here: Rows
    there: Rows
    shared: Party


def make_samples(**case: Any) -> Samples:
    """Return two cases that have everything, and no null where a link can be."""
    shared = make.make_party(None, "The Weekly Bridge")
    here, there = (_fill(make.make_case(**case), shared) for _ in range(2))
    return Samples(here=here, there=there, shared=shared)


def _fill(case: Case, shared: Party) -> Rows:
    user = User.objects.create_user(f"lead of {case.title}")  # no password: hashing one takes longer than all the rest
    admit_member(by=make.CONSOLE, case=case, user=user, role=Role.LEAD)
    party, ministry = Party(label="Anna"), Party(label="The Ministry of Bridges")
    register_parties(by=make.CONSOLE, case=case, parties=[party, ministry], aliases={0: ["Annie"]})
    link = make.make_link(case, party, ministry, LinkKind.PART_OF)
    document = make.make_arrived(case, user, publisher=shared)
    question = make.make_question(case)
    claim, other = make.make_claim(case, question=question), make.make_claim(case)
    (utterance,) = note_utterances(by=make.CONSOLE, case=case, utterances=[Utterance(note="the interview")])
    statement = make.make_statement(
        claim,
        speaker=shared,
        document=document,
        quote="Anna said the bridge was open.",
        relays=[party, Relay(is_gap=True), ministry],
        evidence=[("cue", "Boris denied")],
        utterance=utterance,
    )
    relation = make.make_relation(claim, other, RelationKind.ENTAILS)
    reliable = ReliabilityRating(party=party, grade="B", rationale="was right before")
    credible = CredibilityRating(statement=statement, grade="3", rationale="nobody else says so")
    rate_parties(by=make.CONSOLE, case=case, ratings=[reliable])
    rate_statements(by=make.CONSOLE, case=case, ratings=[credible])
    later = make.make_statement(claim, speaker=ministry, document=document)
    concluded = Conclusion(claim=claim, text="It was open.")
    sign_conclusions(by=make.CONSOLE, case=case, conclusions=[concluded])
    judged = IndependenceJudgement(statement_a=statement, statement_b=later, verdict="shared", reason="one interview")
    judge_independence(by=make.CONSOLE, case=case, judgements=[judged])
    return {
        Case: case,
        CaseMembership: CaseMembership.objects.get(case=case),
        Party: party,
        PartyAlias: PartyAlias.objects.get(party=party),
        PartyLink: link,
        ReliabilityRating: reliable,
        Document: document,
        DocumentVersion: make.version_of(document),
        Original: Original.objects.get(version__document=document),
        Excerpt: Excerpt.objects.get(pk=statement.excerpt_id),
        Question: question,
        Claim: claim,
        Utterance: utterance,
        Statement: statement,
        Evidence: statement.evidence.get(),
        Relay: statement.relays.get(hop=1),
        ClaimRelation: relation,
        CredibilityRating: credible,
        Conclusion: concluded,
        IndependenceJudgement: judged,
    }
