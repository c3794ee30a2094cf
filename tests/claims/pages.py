"""What the tests of the pages share: a small case with every sort of thing in it, and a client who is logged in."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from claims.models import Claim, ClaimRelation, Question, Statement
from claims.wording import word_claims
from sources.choices import LinkKind
from sources.models import Case, Document, Party
from tests import factories as make

TEXT = (
    "The council says the old bridge fell on Monday. Anna, who lives beside it, denies that it fell: "
    "it was pulled down, she told the Gazette. The mayor would not say. قال الحارس إن الجسر سقط وحده. "
    "At least 12 people were hurt, said the council; about 30, said Anna."
)
LONG = "And so it went on, word after word, through the whole of the long afternoon. " * 30


@dataclass
class Story:
    """A bridge fell, or was pulled down; who says what of it."""

    case: Case
    question: Question
    document: Document
    council: Party
    speaker: Party
    anna: Party
    gazette: Party
    fell: Claim
    pulled: Claim
    relation: ClaimRelation
    said: Statement
    denied: Statement


def tell_story(**fields: Any) -> Story:
    """Return the case of the bridge."""
    case = make.make_case(title="The bridge", **fields)
    council, press, anna, gazette, mayor, guard = (
        make.make_party(case, label) for label in ("Council", "Press office", "Anna", "Gazette", "Mayor", "الحارس")
    )
    make.make_link(case, press, council, LinkKind.SPEAKS_FOR)
    document = make.make_document(case, TEXT + "\n\n" + LONG, title="The day the bridge went", publisher=gazette)
    question = make.make_question(case, "What became of the bridge?")
    fell, pulled, hurt, more = word_claims(
        by=make.CONSOLE,
        case=case,
        claims=[
            Claim(text="The old bridge fell.", question=question),
            Claim(text="The old bridge was pulled down.", question=question),
            Claim(text="At least 12 people were hurt.", quantity_low=12, unit="people"),
            Claim(
                text="About 30 people were hurt.",
                quantity_low=30,
                quantity_high=30,
                quantity_approximate=True,
                unit="people",
            ),
        ],
    )
    relation = make.make_relation(fell, pulled, "contradicts", "contrary", aspects=["what"])

    def say(claim: Claim, quote: str, **told: Any) -> Statement:
        return make.make_statement(claim, document=document, quote=quote, **told)

    said = say(fell, "the old bridge fell on Monday", speaker=press, review="accepted")
    denied = say(fell, "denies that it fell", speaker=anna, stance="denies", relays=[gazette])
    say(pulled, "it was pulled down", speaker=anna, relays=[gazette], certainty="certain", basis="witnessed")
    say(fell, "The mayor would not say", speaker=mayor, stance="declines")
    say(fell, "الجسر سقط وحده", speaker=guard)
    say(fell, LONG.strip(), voice="author", framing="distances")
    say(hurt, "At least 12 people were hurt", speaker=council)
    say(more, "about 30", speaker=anna)
    return Story(case, question, document, council, press, anna, gazette, fell, pulled, relation, said, denied)


def client_of(user: User) -> Client:
    """Return a browser in which this account is logged in."""
    client = Client()
    client.force_login(user)
    return client


def addresses_of(story: Story) -> dict[str, str]:
    """Return every page of the case by name, each under the address that names the case or something in it."""
    pair = f"left={story.said.uid}&right={story.denied.uid}"
    return {
        "compare": f"{reverse('admin:compare')}?case={story.case.uid}",
        "timeline": f"{reverse('admin:timeline')}?case={story.case.uid}",
        "graph": f"{reverse('admin:graph')}?case={story.case.uid}",
        "graph of a claim": f"{reverse('admin:graph')}?claim={story.fell.uid}",
        "review": f"{reverse('admin:review')}?case={story.case.uid}",
        "dossier": reverse("admin:dossier", args=[story.fell.uid]),
        "judge": reverse("admin:judge", args=[story.relation.uid]),
        "judge a pair": f"{reverse('admin:judge-pair')}?{pair}",
    }
