"""A large case, the same for the same number of claims, written straight into an empty database.

Public: `generate_case`, `Landmarks`. It goes round the ledger and lifts the triggers, and so is for measuring alone.
Its shape is that of real material, with the extremes on purpose: degrees follow a power law, a few claims have
thousands of statements, one is contradicted by thousands, some say the same in a chain of thousands.
"""

import json
import random
import sys
import time
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any, TextIO

from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import F, Model
from django.utils import timezone

from claims import triggers
from claims.choices import (
    Aspect,
    Attitude,
    Basis,
    Certainty,
    EvidenceRole,
    Manner,
    Mode,
    RelationKind,
    Review,
    Stance,
    Strength,
    Voice,
)
from claims.commitments import Classes, RelationRow
from claims.models import Claim, ClaimRelation, Evidence, Question, Relay, Statement, Utterance
from claims.succession import Succeeding, find_live
from claims.wording import pose_questions
from sources.anchoring import CONTEXT_LENGTH
from sources.choices import Access, Judgement, LinkKind, Naming, PartyKind, Role
from sources.ledger import By
from sources.models import (
    Case,
    CaseMembership,
    Document,
    DocumentVersion,
    Excerpt,
    Party,
    PartyAlias,
    PartyLink,
    Record,
)
from sources.text import sha256_of
from sources.tokens import issue_token

_START = datetime(2025, 1, 1, tzinfo=UTC)
_BATCH = 20_000  # rows written at a time
_STATEMENTS_PER_CLAIM = 3
_STATEMENTS_PER_DOCUMENT = 30  # on average; a few documents have a hundred times as many
_POPULAR = (3000, 2000, 1000)  # statements on the most spoken-of claims
_HUB = 40  # statements on the claim that is contradicted most
_RIVALS_OF_HUB = 3000  # claims that contradict it
_CHAIN = 2000  # claims in the longest chain of equivalents
_FAN = 1000  # claims that entail one and the same
_NOUNS = ("bridge", "mill", "harbour 🚢", "school", "clinic", "depot", "granary", "ferry", "checkpoint", "well")
_PLACES = ("Elmford", "Élanville", "Zażółć", "Κάστρο", "قرية الوادي", "Nordhafen", "Mirna", "San Bóveda", "Ōtani")
_EVENTS = (
    "was closed",
    "was rebuilt",
    "had burned down",
    "was under guard",
    "stood empty",
    "was reopened",
    "was shelled",
)
_VERBS = {"asserts": "said that", "denies": "denied that", "questions": "asked whether", "leaves_open": "left open if",
          "declines": "would not say if", "retracts": "took back that"}  # fmt: skip


@dataclass(frozen=True)
class Landmarks:
    """Where in the generated case there is something to measure, and the token of an analyst who may see it."""

    case: Case
    typical: Claim  # two relations, two to five statements
    hub: Claim  # thousands of relations
    popular: Claim  # thousands of statements
    chained: Claim  # in the middle of a chain of two thousand that say the same
    token: str


def generate_case(n_claims: int, *, seed: int = 1, progress: TextIO = sys.stderr) -> Landmarks:
    """Write a case of this many claims, a small second one beside it, and return where to look."""
    user = get_user_model().objects.create_user("analyst", is_staff=True)
    _, token = issue_token(user=user, name="measuring", at=timezone.now())
    loader = _Loader(progress)
    with triggers.lifted(connection):
        small = _Generator(loader, max(100, n_claims // 100), seed + 1, user.pk)
        small.run()
        large = _Generator(loader, n_claims, seed, user.pk)
        large.run()
        loader.finish()
    _check_samples(loader.random)
    for case in Case.objects.order_by("pk"):  # so that the ledger is not empty: an entry a case
        pose_questions(by=By(actor=None, at=timezone.now()), case=case, questions=[Question(text="What is not told?")])
    claims = {name: Claim.objects.select_related("case").get(pk=pk) for name, pk in large.landmarks().items()}
    return Landmarks(case=claims["hub"].case, token=token, **claims)


class _Loader:
    """Writes rows in batches by COPY or executemany, hands out keys and uids, and tells how far it is."""

    def __init__(self, progress: TextIO) -> None:
        self.random = random.Random(0)  # noqa: S311  made-up data, the same each time
        self._progress = progress
        self._keys: dict[type[Model], int] = defaultdict(int)
        self._waiting: dict[type[Model], list[dict[str, Any]]] = defaultdict(list)
        self._n_waiting = 0
        self._n_written = 0
        self._began = time.perf_counter()
        self._serial = 0

    def add(self, model: type[Record], **values: Any) -> int:
        """Take a row, by column, and return its key; columns not given have their defaults."""
        key = self._keys[model] = self._keys[model] + 1
        values["id"] = key
        values["uid"] = self._new_uid()
        self._waiting[model].append(values)
        self._n_waiting += 1
        return key

    def _new_uid(self) -> uuid.UUID:
        """Return the next UUIDv7, ten a millisecond."""
        self._serial += 1
        milliseconds = int(_START.timestamp() * 1000) + self._serial // 10
        number = milliseconds << 80 | 0x7 << 76 | (self._serial % 10) << 64 | 0b10 << 62 | self.random.getrandbits(62)
        return uuid.UUID(int=number)

    def flush(self, part: str, at_least: int = _BATCH) -> None:
        """Write what waits, where it is enough to be worth it; links between waiting rows may run either way."""
        if self._n_waiting < at_least:
            return
        with transaction.atomic():
            for model, rows in self._waiting.items():
                _write(model, rows)
        self._n_written += self._n_waiting
        self._waiting.clear()
        self._n_waiting = 0
        seconds = time.perf_counter() - self._began
        line = f"{self._n_written:>12,} rows  {self._n_written / seconds:>8,.0f} a second  {part}"
        print(f"\r{line:<78}", end="", file=self._progress, flush=True)

    def finish(self) -> None:
        """Write the rest, and let the tables give out keys after ours."""
        self.flush("done", at_least=1)
        print(file=self._progress)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self._keys)):
                cursor.execute(statement)


def _write(model: type[Model], rows: list[dict[str, Any]]) -> None:
    """Insert rows given by column, derived columns made by the model itself."""
    if not rows:
        return
    if model.derived is not Record.derived:  # type: ignore[attr-defined]
        for row in rows:
            row.update(model(**row).derived())  # type: ignore[attr-defined]
    columns = model._meta.concrete_fields
    missing = {column.attname: column.get_default() for column in columns}
    convert = [(column.attname, _converter(column)) for column in columns]
    made = ([prepare(row.get(name, missing[name])) for name, prepare in convert] for row in rows)
    names = ", ".join(f'"{column.column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in made:
                    copy.write_row(row)
        else:
            marks = ", ".join(["?"] * len(columns))
            sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608  names of our own columns
            connection.connection.executemany(sql, made)


def _converter(column: Any) -> Callable[[Any], Any]:
    """Return what makes a Python value one that the driver takes as it is."""
    kind = column.get_internal_type()
    if kind == "JSONField":
        return json.dumps
    if connection.vendor == "sqlite" and kind == "UUIDField":
        return lambda value: value.hex if value else value
    if connection.vendor == "sqlite" and kind in ("DateTimeField", "DateField", "Field"):
        return lambda value: None if value is None else column.get_db_prep_save(value, connection)
    return lambda value: getattr(value, "value", value)  # of a choice


@dataclass
class _Plan:
    """What is known of a statement before its document is written."""

    claim: int
    voice: str
    speaker: int | None
    stance: str
    review: str
    withdrawn: bool
    supersedes: int | None = None  # index of an earlier plan
    is_live: bool = True
    key: int = 0


class _Generator:
    """Makes one case."""

    def __init__(self, loader: _Loader, n_claims: int, seed: int, user_id: int) -> None:
        self.loader = loader
        self.random = random.Random(seed)  # noqa: S311  made-up data, the same each time
        self.n_claims = n_claims
        self.user_id = user_id
        self.parties: list[int] = []
        self.media: list[int] = []
        self.claims: list[int] = []  # keys; by place elsewhere in this class
        self.texts: list[str] = []
        self.degrees: dict[int, int] = defaultdict(int)  # relations of a claim, by place
        self.spoken_of: dict[int, int] = defaultdict(int)  # statements on a claim, by place
        # Places with a part to play; what lies between them is ordinary.
        self.hub = n_claims // 3
        self.popular = [n_claims // 5 + n for n in range(len(_POPULAR))]
        self.share = min(1.0, n_claims / 10_000)  # extremes keep their size from 10,000 claims on
        # The ordinary come first, so that first pages are ordinary; then the chains, then the fan.
        chain, fan = round(_CHAIN * self.share), round(_FAN * self.share)
        self.ordinary = range(n_claims - fan - chain // 4 - chain)
        self.chain = range(self.ordinary.stop, self.ordinary.stop + chain)
        self.entailing = range(self.chain.stop, self.chain.stop + chain // 4)
        self.fan = range(self.entailing.stop, n_claims)

    def run(self) -> None:
        """Make everything, in the order in which one thing needs another."""
        now = timezone.now()
        case = Case(title=f"Case of {self.n_claims:,} claims", access=Access.MEMBERS)
        values = {"title": case.title, "slug": f"case-{self.n_claims}", "access": case.access}
        self.case = self.loader.add(Case, **values)
        self.loader.add(CaseMembership, case_id=self.case, user_id=self.user_id, role=Role.ANNOTATOR)
        self._add_parties()
        self._add_claims()
        self._add_relations(now)
        self._add_statements()
        self.loader.flush("case written", at_least=1)

    def landmarks(self) -> dict[str, int]:
        """Return the keys of the claims worth measuring."""
        typical = next(place for place in self.ordinary if self.degrees[place] == 2 and 2 <= self.spoken_of[place] <= 5)
        places = {
            "typical": typical,
            "hub": self.hub,
            "popular": self.popular[0],
            "chained": self.chain[len(self.chain) // 2],
        }
        return {name: self.claims[place] for name, place in places.items()}

    # --- who ---

    def _add_parties(self) -> None:
        chance = self.random
        for number in range(max(20, self.n_claims // 20)):
            kind = chance.choice(list(PartyKind))
            naming = chance.choices(list(Naming), weights=(85, 5, 10))[0]
            shared = naming != Naming.UNNAMED and chance.random() < 0.05
            label = f"{chance.choice(('Ana', 'Bôris', 'Čenko', 'Δάφνη', 'Émile', 'فاطمة'))} {self.n_claims}-{number}"
            key = self.loader.add(Party, case_id=None if shared else self.case, label=label, kind=kind, naming=naming)
            if chance.random() < 0.1:
                self.loader.add(PartyAlias, case_id=self.case, party_id=key, name=f"{label} the Younger")
            self.parties.append(key)
            if kind == PartyKind.MEDIA:
                self.media.append(key)
            # Only ever to a party made before: no circles.
            if number and chance.random() < 0.3:
                link = chance.choices(list(LinkKind), weights=(5, 2, 3, 1))[0]
                ends = (key, self.parties[number // 3])
                start, end = sorted(ends) if link == LinkKind.SAME_AS else ends
                judgement = chance.choices(list(Judgement), weights=(10, 75, 10, 5))[0]
                self.loader.add(
                    PartyLink, case_id=self.case, from_party_id=start, to_party_id=end, kind=link, judgement=judgement
                )
        self.loader.flush("parties")
        self.speaks_much = _power_law(len(self.parties), 0.9, chance)

    # --- what ---

    def _add_claims(self) -> None:
        chance = self.random
        question = None
        for number in range(self.n_claims):
            if number % 20 == 0:
                text = f"What became of the {chance.choice(_NOUNS)} of {chance.choice(_PLACES)}, point {number}?"
                question = self.loader.add(Question, case_id=self.case, text=text)
            what, where = chance.choice(_NOUNS), chance.choice(_PLACES)
            text = f"The {what} of {where} {chance.choice(_EVENTS)} on day {number}"
            values: dict[str, Any] = {"text": text, "mode": chance.choices(list(Mode), weights=(80, 5, 5, 5, 5))[0]}
            if chance.random() < 0.6:
                values["question_id"] = question
            if chance.random() < 0.3:
                values["occurred_from"] = date(2025, 1, 1) + timedelta(days=number % 365)
            if chance.random() < 0.1:
                values |= {"quantity_low": number % 1000, "unit": "people", "quantity_approximate": True}
            self.claims.append(self.loader.add(Claim, case_id=self.case, **values))
            self.texts.append(text)
            self.loader.flush("claims")

    def _add_relations(self, now: datetime) -> None:
        """Relate claims; of what would make a class contradict itself, nobody is sure."""
        rows = list(self._relations())
        refused = _find_unsound(rows)
        for place, (a, b, kind, strength, judgement) in enumerate(rows):
            judgement = Judgement.UNSURE if place in refused else judgement
            judged = judgement != Judgement.UNJUDGED
            self.degrees[a] += 1
            self.degrees[b] += 1
            self.loader.add(
                ClaimRelation,
                case_id=self.case,
                claim_a_id=self.claims[a],
                claim_b_id=self.claims[b],
                kind=kind,
                strength=strength,
                aspects=[self.random.choice(Aspect.values)] if strength else [],
                judgement=judgement,
                judged_by_id=self.user_id if judged else None,
                judged_at=now if judged else None,
            )
            self.loader.flush("relations")

    def _relations(self) -> Iterator[tuple[int, int, str, str, str]]:
        """Yield (place, place, kind, strength, judgement), each pair once a kind, lower places first if symmetric."""
        chance, n = self.random, self.n_claims
        seen = set()

        def pair(a: int, b: int, kind: str, judgement: str) -> Iterator[tuple[int, int, str, str, str]]:
            if RelationKind(kind).is_symmetric:
                a, b = sorted((a, b))
            if a == b or (a, b, kind) in seen or not 0 <= min(a, b) <= max(a, b) < n:
                return
            seen.add((a, b, kind))
            contradicts = kind == RelationKind.CONTRADICTS
            strength = chance.choices(Strength.values, weights=(40, 40, 20))[0] if contradicts else ""
            yield a, b, kind, strength, judgement

        yes = Judgement.POSITIVE.value
        for place in chance.sample(self.ordinary, round(_RIVALS_OF_HUB * self.share)):
            yield from pair(self.hub, place, RelationKind.CONTRADICTS.value, yes)
        for place in self.chain[1:]:
            yield from pair(place - 1, place, RelationKind.EQUIVALENT.value, yes)
        for place in self.entailing[1:]:
            yield from pair(place - 1, place, RelationKind.ENTAILS.value, yes)
        for place in self.fan[1:]:
            yield from pair(place, self.fan[0], RelationKind.ENTAILS.value, yes)
        ordinary = self.ordinary
        pick = _power_law(len(ordinary), 0.6, chance)
        for _ in range(n):
            one = ordinary[pick()]
            other = one + chance.randint(-30, 30) if chance.random() < 0.9 else ordinary[pick()]
            if not ordinary.start <= other < ordinary.stop:
                continue
            kind = chance.choices(RelationKind.values, weights=(35, 25, 25, 15))[0]
            if kind == RelationKind.EQUIVALENT:  # small classes: with neighbours only
                one = one - one % 5
                other = one + chance.randint(1, 4)
            elif kind == RelationKind.ENTAILS:  # downwards only: no circles
                one, other = max(one, other), min(one, other)
            yield from pair(one, other, kind, chance.choices(Judgement.values, weights=(10, 75, 10, 5))[0])

    # --- who says what ---

    def _add_statements(self) -> None:
        plans = self._plan()
        counted = {
            at: Succeeding(plan.supersedes, plan.stance == Stance.RETRACTS)
            for at, plan in enumerate(plans)
            if plan.review != Review.REJECTED and not plan.withdrawn
        }
        live = find_live(counted)
        for at, plan in enumerate(plans):
            plan.is_live = at in live
        utterances: dict[int, int] = {}  # open to be reported again, by speaker
        at = number = 0
        while at < len(plans):
            number += 1
            n_told = max(1, round(self.random.paretovariate(1.2) * _STATEMENTS_PER_DOCUMENT / 6))
            self._write_document(number, plans[at : at + n_told], plans, utterances)
            at += n_told
            self.loader.flush("statements")

    def _plan(self) -> list[_Plan]:
        """Return who takes which stance on what, in the order of telling."""
        chance = self.random
        extremes = [*zip(self.popular, _POPULAR, strict=True), (self.hub, _HUB)]
        places = [place for place, n in extremes for _ in range(round(n * self.share))]
        pick = _power_law(self.n_claims, 0.6, chance)
        places += [pick() for _ in range(self.n_claims * _STATEMENTS_PER_CLAIM - len(places))]
        chance.shuffle(places)
        plans: list[_Plan] = []
        last: dict[int, int] = {}  # a speaker's newest statement that nothing supersedes
        for place in places:
            self.spoken_of[place] += 1
            voice = chance.choices(Voice.values, weights=(85, 8, 7))[0]
            speaker = self.parties[self.speaks_much()] if voice == Voice.PARTY else None
            stance = chance.choices(Stance.values[:-1], weights=(70, 18, 5, 4, 3))[0]
            review = chance.choices(Review.values, weights=(50, 45, 5))[0]
            plan = _Plan(place, voice, speaker, stance, review, withdrawn=chance.random() < 0.02)
            if speaker is not None:
                if speaker in last and chance.random() < 0.03:
                    plan.supersedes = last[speaker]
                    if chance.random() < 0.5:
                        plan.stance, plan.claim = Stance.RETRACTS.value, plans[plan.supersedes].claim
                last[speaker] = len(plans)
            plans.append(plan)
        return plans

    def _write_document(
        self, number: int, told: Sequence[_Plan], plans: Sequence[_Plan], utterances: dict[int, int]
    ) -> None:
        """Write a document that tells these statements, a sentence each, and the statements with their words."""
        chance = self.random
        published = _START + timedelta(hours=number % 9000) if chance.random() < 0.8 else None
        document = self.loader.add(
            Document,
            case_id=self.case,
            title=f"Report {number} from {chance.choice(_PLACES)}",
            publisher_id=chance.choice(self.media) if self.media and chance.random() < 0.8 else None,
            published_at=published,
            language="en",
        )
        sentences, places, length = [], [], 0
        for plan in told:
            who = "An official" if plan.speaker is None else f"Speaker {plan.speaker}"
            lead, cue, what = f"{who} of {chance.choice(_PLACES)} ", _VERBS[plan.stance], self.texts[plan.claim]
            sentence = f"{lead}{cue} {what[0].lower()}{what[1:]}, as was heard in the village.\n"
            places.append((length, length + len(lead), length + len(lead) + len(cue), length + len(sentence) - 1))
            sentences.append(sentence)
            length += len(sentence)
        text = "".join(sentences)
        version = self.loader.add(
            DocumentVersion,
            case_id=self.case,
            document_id=document,
            number=1,
            text=text,
            n_characters=len(text),
            sha256=sha256_of(text),
            captured_at=_START + timedelta(hours=number % 9000, days=1),
        )
        for plan, (start, cue, what, end) in zip(told, places, strict=True):
            main = self._cut(version, text, what + 1 if plan.speaker else start, end)
            self._write_statement(plan, main, published, plans, utterances)
            if chance.random() < 0.3:
                piece = self._cut(version, text, cue, what)
                self._attach(plan.key, piece, EvidenceRole.CUE)
            if chance.random() < 0.15:
                self._attach(plan.key, self._cut(version, text, start, cue - 1), EvidenceRole.SOURCE)

    def _cut(self, version: int, text: str, start: int, end: int) -> int:
        return self.loader.add(
            Excerpt,
            case_id=self.case,
            version_id=version,
            start=start,
            end=end,
            exact=text[start:end],
            prefix=text[max(0, start - CONTEXT_LENGTH) : start],
            suffix=text[end : end + CONTEXT_LENGTH],
        )

    def _attach(self, statement: int, excerpt: int, role: str) -> None:
        self.loader.add(Evidence, case_id=self.case, statement_id=statement, excerpt_id=excerpt, role=role)

    def _write_statement(
        self,
        plan: _Plan,
        excerpt: int,
        published: datetime | None,
        plans: Sequence[_Plan],
        utterances: dict[int, int],
    ) -> None:
        chance = self.random
        utterance = None
        if plan.speaker is not None and chance.random() < 0.15:
            utterance = utterances.pop(plan.speaker, None)
            if utterance is None:
                said_at = published - timedelta(hours=5) if published else None
                utterance = self.loader.add(Utterance, case_id=self.case, said_at=said_at, said_note="that morning")
                utterances[plan.speaker] = utterance
        plan.key = self.loader.add(
            Statement,
            case_id=self.case,
            claim_id=self.claims[plan.claim],
            voice=plan.voice,
            speaker_id=plan.speaker,
            stance=plan.stance,
            excerpt_id=excerpt,
            manner=chance.choice(Manner.values),
            framing=chance.choices(Attitude.values, weights=(80, 7, 8, 5))[0],
            certainty=chance.choice(Certainty.values),
            basis=chance.choice(Basis.values),
            cue=_VERBS[plan.stance].removesuffix(" that"),
            said_at=published - timedelta(hours=2) if published and chance.random() < 0.3 else None,
            utterance_id=utterance,
            supersedes_id=None if plan.supersedes is None else plans[plan.supersedes].key,
            review=plan.review,
            withdrawn_at=_START if plan.withdrawn else None,
            is_live=plan.is_live,
        )
        n_hops = chance.choices((0, 1, 2, 3), weights=(50, 35, 10, 5))[0]
        passed = {plan.speaker}
        for hop in range(1, n_hops + 1):
            party = self.parties[self.speaks_much()] if chance.random() < 0.9 else None
            if party is not None and party in passed:
                party = None
            passed.add(party)
            self.loader.add(
                Relay,
                case_id=self.case,
                statement_id=plan.key,
                hop=hop,
                party_id=party,
                is_gap=party is None,
                attitude=chance.choices(Attitude.values, weights=(80, 5, 10, 5))[0],
            )


def _power_law(n: int, exponent: float, chance: random.Random) -> Callable[[], int]:
    """Return what draws a place below n: that of rank r as often as r to the power −exponent, the ranks in disorder."""
    order = list(range(n))
    chance.shuffle(order)
    sums = list(accumulate((rank + 2) ** -exponent for rank in range(n)))
    return lambda: order[min(n - 1, bisect_right(sums, chance.random() * sums[-1]))]


def _find_unsound(rows: Sequence[tuple[int, int, str, str, str]]) -> set[int]:
    """Return the places of contradictions by which a class would contradict itself."""
    unsound: set[int] = set()
    while True:
        standing = [
            RelationRow(uuid.UUID(int=place), a, b, kind, strength, ())
            for place, (a, b, kind, strength, judgement) in enumerate(rows)
            if judgement == Judgement.POSITIVE and place not in unsound
        ]
        classes = Classes(standing)
        wrong = {tuple(sorted(pair)) for pair in classes.self_contradictions()}
        if not wrong:
            return unsound
        bound = {of_class for pair in wrong for of_class in pair}
        found = {
            row.uid.int
            for row in standing
            if row.kind == RelationKind.CONTRADICTS
            and (classes.class_of(row.a) in bound and classes.class_of(row.b) in bound)
        }
        # What meets by way of entailment alone has no contradiction to take away.
        unsound |= found or {
            row.uid.int
            for row in standing
            if row.kind == RelationKind.ENTAILS and bound & {classes.class_of(row.a), classes.class_of(row.b)}
        }


def _check_samples(chance: random.Random) -> None:
    """Fail where a thousand excerpts, drawn at random, are not verbatim, or statements not of their case."""
    top = Excerpt.objects.latest("pk").pk
    drawn = Excerpt.objects.filter(pk__in=[chance.randint(1, top) for _ in range(1000)])
    for start, end, exact, prefix, suffix, text in drawn.values_list(
        "start", "end", "exact", "prefix", "suffix", "version__text"
    ):
        if (exact, prefix, suffix) != (text[start:end], text[max(0, start - 32) : start], text[end : end + 32]):
            raise AssertionError(f"this excerpt is not verbatim: {exact!r}")
    if Statement.objects.exclude(case=F("claim__case")).exists():
        raise AssertionError("a statement is of another case than its claim")
    if triggers.differences(connection):
        raise AssertionError("the database's rules were not made again")
