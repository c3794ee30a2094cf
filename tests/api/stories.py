"""One made-up case with something of everything, for tests that ask what the API makes of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from claims.concluding import judge_independence, sign_conclusions
from claims.models import (
    Claim,
    ClaimRelation,
    Conclusion,
    CredibilityRating,
    IndependenceJudgement,
    Question,
    Relay,
    Statement,
    Utterance,
)
from claims.rating import rate_parties, rate_statements
from claims.recording import withdraw_statement
from claims.wording import note_utterances
from sources.choices import Judgement
from sources.ledger import By
from sources.models import Case, Change, Document, Excerpt, Party, PartyAlias, PartyLink, Record, ReliabilityRating
from tests import factories as make

TEXT = (
    "Mira Holt said that the old bridge at Aldersby was open. “Nobody crossed it,” Tom Reed said, and he denied that"
    " it was open, the Aldersby Post wrote, which called his words false. Forty lorries crossed, officials had heard"
    " from someone they would not name.\nThe mayor would not say. An Élan of the council left it open 🌉; on Monday"
    " she took back what she had said. A witness saw the gates shut. Nobody was hurt.\n"
)


@dataclass
class Story:
    """The rows of a case, by what they are in the story."""

    case: Case
    mira: Party  # speaks for the council
    tom: Party
    post: Party  # the paper that prints it
    council: Party
    witness: Party  # unnamed
    alias: PartyAlias
    link: PartyLink
    document: Document
    question: Question
    is_open: Claim
    is_shut: Claim  # contradicts `is_open`
    gates_shut: Claim  # entails `is_shut`
    lorries: Claim
    utterance: Utterance
    asserted: Statement  # Mira asserts `is_open`
    denied: Statement  # Tom denies it, through the paper, which disputes what he says
    heard: Statement  # undisclosed: `lorries`, through a gap and the council
    declined: Statement
    shut: Statement  # the witness asserts `gates_shut`
    retracted: Statement  # Mira takes `asserted_first` back
    asserted_first: Statement  # superseded, so not live
    withdrawn: Statement
    rejected: Statement
    contradiction: ClaimRelation
    entailment: ClaimRelation
    proposal: ClaimRelation
    reliable: ReliabilityRating  # of Mira
    credible: CredibilityRating  # of Tom's denial
    conclusion: Conclusion  # on `is_open`
    independence: IndependenceJudgement  # of Mira's statement and the witness's

    @property
    def excerpt(self) -> Excerpt:
        """The words of Mira's statement."""
        return self.asserted.excerpt

    @property
    def change(self) -> Change:
        """The newest act in the case."""
        return Change.objects.filter(case_uid=self.case.uid).order_by("-sequence")[0]

    def key_of(self, collection: str) -> str:
        """Return what stands in the address of the row of a collection."""
        row: Any = self.row_of(collection)
        return str(row.sequence if collection == "changes" else row.uid)

    def row_of(self, collection: str) -> Record | Change:
        """Return one row of a collection."""
        if collection == "changes":
            return self.change
        return {
            "cases": self.case,
            "parties": self.mira,
            "party-links": self.link,
            "documents": self.document,
            "excerpts": self.excerpt,
            "questions": self.question,
            "claims": self.is_open,
            "utterances": self.utterance,
            "statements": self.denied,
            "relations": self.contradiction,
            "party-ratings": self.reliable,
            "statement-ratings": self.credible,
            "conclusions": self.conclusion,
            "independence-judgements": self.independence,
        }[collection]


def tell(case: Case, mark: str = "") -> Story:
    """Return the story told in this case, with `mark` in every text of it."""

    def marked(words: str) -> str:
        return f"{words} {mark}" if mark else words

    def party(label: str, **fields: Any) -> Party:
        return make.make_party(case, marked(label), description=marked("As the paper has it."), **fields)

    mira = party("Mira Holt", kind="person", disambiguation=marked("councillor"))
    tom = party("Tom Reed", kind="person")
    post = party("Aldersby Post", kind="media")
    council = party("Aldersby council", kind="government")
    witness = party("A witness at the gates", kind="person", naming="unnamed")
    alias = make.make_alias(case, council, marked("Élan of Aldersby"))
    link = make.make_link(
        case,
        mira,
        council,
        "speaks_for",
        since=date(2020, 1, 1),
        until=date(2030, 12, 31),
        rationale=marked("“An Élan of the council”."),
    )
    make.make_link(case, witness, tom, "same_as", judgement=Judgement.UNSURE)
    document = make.make_document(
        case,
        marked(TEXT),
        title=marked("The bridge at Aldersby"),
        publisher=post,
        byline=marked("By our reporter"),
        web_url=f"https://example.org/bridge/{mark}",
        published_at=datetime(2020, 5, 4, 3, 2, 1, tzinfo=UTC),
        language="en-GB",
    )
    question = make.make_question(case, marked("Was the bridge open?"))
    is_open = make.make_claim(
        case,
        marked("The bridge at Aldersby was open."),
        question=question,
        occurred_from=date(2020, 5, 1),
        occurred_to=date(2020, 5, 2),
        occurred_note=marked("at the weekend"),
        place=marked("Aldersby"),
        note=marked("Which bridge is not said."),
    )
    is_shut = make.make_claim(case, marked("The bridge at Aldersby was shut."), question=question, mode="evaluation")
    gates_shut = make.make_claim(case, marked("The gates at both ends were shut."))
    lorries = make.make_claim(
        case, marked("Forty lorries crossed."), quantity_low=40, quantity_approximate=True, unit=marked("lorries")
    )
    utterance = note_utterances(
        by=make.CONSOLE,
        case=case,
        utterances=[Utterance(said_note=marked("on Monday"), note=marked("The council's sitting"))],
    )[0]

    def state(claim: Claim, quote: str, **fields: Any) -> Statement:
        return make.make_statement(claim, document=document, quote=quote, **fields)

    asserted = state(
        is_open,
        "the old bridge at Aldersby was open",
        speaker=mira,
        manner="indirect",
        cue=marked("said that"),
        utterance=utterance,
        said_at=datetime(2020, 5, 3, 9, 0, tzinfo=UTC),
        evidence=[("source", "Mira Holt"), ("cue", "Mira Holt said")],
    )
    denied = state(
        is_open,
        "he denied that it was open",
        speaker=tom,
        stance="denies",
        manner="mixed",
        framing="disputes",
        certainty="certain",
        basis="witnessed",
        evidence=[("antecedent", "Tom Reed"), ("content", "“Nobody crossed it,”")],
        relays=[Relay(party=post, cue=marked("wrote"), attitude="disputes")],
    )
    heard = state(
        lorries,
        "Forty lorries crossed",
        voice="undisclosed",
        attribution_type="belief",
        basis="told",
        said_note=marked("before"),
        relays=[Relay(is_gap=True, cue=marked("someone")), Relay(party=council), Relay(party=post)],
    )
    declined = state(is_open, "The mayor would not say", voice="author", stance="declines")
    shut = state(gates_shut, "A witness saw the gates shut", speaker=witness, basis="witnessed")
    asserted_first = state(lorries, "An Élan of the council left it open", speaker=mira, stance="leaves_open")
    retracted = state(
        lorries,
        "she took back what she had said",
        speaker=mira,
        stance="retracts",
        supersedes=asserted_first,
        said_note=marked("on Monday"),
    )
    withdrawn = state(is_open, "Nobody was hurt", speaker=tom)
    withdraw_statement(by=make.CONSOLE, statement=withdrawn)
    rejected = state(
        is_open, "it was open, the Aldersby Post wrote", speaker=post, stance="questions", review="rejected"
    )
    contradiction = make.make_relation(
        is_open, is_shut, "contradicts", "contradictory", aspects=["what"], rationale=marked("One bridge.")
    )
    entailment = make.make_relation(gates_shut, is_shut, "entails")
    proposal = make.make_relation(lorries, is_open, "supports", judgement=Judgement.UNJUDGED)
    analyst = By(actor=make.make_admin(), at=make.NOW)
    reliable = ReliabilityRating(party=mira, grade="B", rationale=marked("She was right before."))
    rate_parties(by=analyst, case=case, ratings=[reliable])
    credible = CredibilityRating(statement=denied, grade="6", rationale=marked("Nobody else was there."))
    rate_statements(by=analyst, case=case, ratings=[credible])
    conclusion = Conclusion(claim=is_open, text=marked("It cannot be told from this."))
    sign_conclusions(by=analyst, case=case, conclusions=[conclusion])
    independence = IndependenceJudgement(
        statement_a=asserted, statement_b=shut, verdict="independent", reason=marked("They never met.")
    )
    judge_independence(by=analyst, case=case, judgements=[independence])
    return Story(**{name: value for name, value in locals().items() if name in Story.__dataclass_fields__})
