"""What the tables refuse of one row, and that the domain refuses it first.

Every constraint of every model has an `Example`: values that it refuses, and values on its very edge that it lets
through. The other half is the agreement: whatever a CHECK refuses, `check_row` has refused before in words that help,
so that nobody is ever shown an IntegrityError.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from claims.choices import RelationKind, Stance, Strength, Voice
from claims.models import Claim, ClaimRelation, Relay, Statement
from sources.choices import LinkKind, Naming
from sources.images import record_models
from sources.ledger import check_row
from sources.models import (
    ApiToken,
    Arrival,
    BundleKey,
    Case,
    Excerpt,
    IdempotencyKey,
    Party,
    PartyAlias,
    PartyLink,
    Record,
)
from sources.registering import find_namesakes
from tests import factories as make
from tests.raw_sql import insert_row, suspend_rules, twin_of, update_row
from tests.samples import Samples


@pytest.fixture
def unguarded(db: None) -> None:
    """A database without rules but its constraints."""
    suspend_rules()


OURS = [model for model in apps.get_models() if model._meta.app_label in ("sources", "claims")]
CONSTRAINTS = {
    constraint.name: (model, constraint)
    for model in OURS
    for constraint in model._meta.constraints
    if isinstance(constraint, models.CheckConstraint | models.UniqueConstraint)
}
CHECKS = [name for name, (_, constraint) in CONSTRAINTS.items() if isinstance(constraint, models.CheckConstraint)]


def row_of(model: type[models.Model], samples: Samples) -> Any:
    """Return a row of any model, those that are no records included."""
    if issubclass(model, Record):
        return samples.here[model]
    case = samples.here[Case]
    if model is BundleKey:
        return BundleKey.objects.create(case=case, kind="party", key="anna", uid=case.uid, entry={}, digest="")
    if model is IdempotencyKey:
        return IdempotencyKey.objects.create(
            user=make.make_user(), key="once", request_digest="0" * 64, made_at=make.NOW, status=201, body="{}"
        )
    if model is Arrival:
        return make.make_arrival(case, make.make_user())
    if model is ApiToken:
        make.make_token(make.make_user())
    return model._base_manager.order_by("-pk")[0]


Values = dict[str, Any] | Callable[[Samples], dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """What a constraint refuses of a row, and what it just lets through; of a twin of the row, where it is unique."""

    refused: Values
    allowed: Values
    before: Values | None = None  # what makes the row ready


EXAMPLES: dict[str, Example] = {
    # --- sources: checks ---
    "sources_case_title_given": Example({"title": ""}, {"title": " "}),
    "sources_case_access_known": Example({"access": "public"}, {"access": "members"}),
    "sources_casemembership_role_known": Example({"role": "owner"}, {"role": "reader"}),
    "sources_bundlekey_key_given": Example({"key": ""}, {"key": "-"}),
    "sources_change_from_one": Example({"sequence": 0}, {"sequence": 1_000_000}),
    "sources_change_chained": Example({"previous": "0" * 63}, {"previous": "0" * 64}),
    "sources_changeitem_says_something": Example(
        {"before_digest": "", "after_digest": ""}, {"before_digest": "0" * 64, "after_digest": ""}
    ),
    "sources_party_label_given": Example({"label": ""}, {"label": "A"}),
    "sources_party_unnamed_in_case": Example(
        {"naming": Naming.UNNAMED, "case": None}, {"naming": Naming.PSEUDONYM, "case": None}
    ),
    "sources_party_not_into_self": Example(
        lambda samples: {"merged_into": samples.here[Party]}, lambda samples: {"merged_into": samples.shared}
    ),
    "sources_party_kind_known": Example({"kind": "army"}, {"kind": "unknown"}),
    "sources_party_naming_known": Example({"naming": ""}, {"naming": "unnamed"}),
    "sources_partyalias_name_given": Example({"name": ""}, {"name": "A"}),
    "sources_partylink_two_parties": Example(
        lambda samples: {"to_party": samples.here[Party]}, lambda samples: {"to_party": samples.shared}
    ),
    "sources_partylink_same_as_ordered": Example(
        lambda samples: {
            "kind": LinkKind.SAME_AS,
            "from_party": samples.here[PartyLink].to_party,
            "to_party": samples.here[PartyLink].from_party,
        },
        {"kind": LinkKind.SAME_AS},
    ),
    "sources_partylink_since_first": Example(
        {"since": date(2011, 6, 2), "until": date(2011, 6, 1)}, {"since": date(2011, 6, 1), "until": date(2011, 6, 1)}
    ),
    "sources_partylink_kind_known": Example({"kind": "married_to"}, {"kind": "speaks_for"}),
    "sources_partylink_judgement_known": Example({"judgement": "perhaps"}, {"judgement": "unsure"}),
    "sources_document_title_given": Example({"title": ""}, {"title": "?"}),
    "sources_documentversion_text_given": Example({"text": "", "n_characters": 0}, {"text": "\n", "n_characters": 1}),
    "sources_documentversion_from_one": Example({"number": 0}, {"number": 1}),
    "sources_documentversion_measured": Example(
        {"text": "💩", "n_characters": 2},  # as UTF-16 would count it
        {"text": "💩e\u0301\u200d", "n_characters": 4},
    ),
    "sources_documentversion_hash_whole": Example({"sha256": "0" * 63}, {"sha256": "0" * 64}),
    "sources_excerpt_not_empty": Example(
        {"start": 5, "end": 5, "exact": ""}, {"start": 5, "end": 6, "exact": "\u0301"}
    ),
    "sources_excerpt_end_measured": Example(
        {"start": 5, "end": 7, "exact": "💩"}, {"start": 5, "end": 6, "exact": "💩"}
    ),
    "sources_reliabilityrating_grade_known": Example({"grade": "G"}, {"grade": "F"}),
    "sources_idempotencykey_key_given": Example({"key": ""}, {"key": "-"}),
    "sources_idempotencykey_hashed": Example({"request_digest": ""}, {"request_digest": "1" * 64}),
    "sources_original_hash_whole": Example({"sha256": "0" * 63}, {"sha256": "0" * 64}),
    "sources_originalbytes_hash_whole": Example({"sha256": "0" * 63}, {"sha256": "0" * 64}),
    "sources_arrival_says_something": Example({"text": "", "problem": ""}, {"text": "", "problem": "?"}),
    "sources_apitoken_hashed": Example({"digest": "secret"}, {"digest": "0" * 64}),
    # --- sources: once ---
    "sources_casemembership_once": Example({}, lambda samples: {"case": samples.there[Case]}),
    "sources_bundlekey_once": Example({}, {"kind": "claim"}),
    "sources_idempotencykey_once": Example({"status": 409}, {"key": "twice"}),
    "sources_changeitem_once": Example({}, {"kind": "another"}),
    "sources_partyalias_once": Example({"name_key": "another"}, {"name": "annie"}),
    "sources_partyalias_once_shared": Example({}, {"name": "annie"}, before={"case": None}),
    "sources_partylink_once": Example({"judgement": "unsure"}, {"kind": LinkKind.SPEAKS_FOR}),
    "sources_partylink_once_shared": Example({}, {"kind": LinkKind.SPEAKS_FOR}, before={"case": None}),
    "sources_documentversion_number_once": Example({}, {"number": 2}),
    "sources_excerpt_place_once": Example(
        {"prefix": "another"}, lambda samples: {"end": samples.here[Excerpt].end + 1, "exact": "x" * 31}
    ),
    # --- claims: checks ---
    "claims_question_text_given": Example({"text": ""}, {"text": "?"}),
    "claims_claim_text_given": Example({"text": ""}, {"text": "!"}),
    "claims_claim_mode_known": Example({"mode": "opinion"}, {"mode": "evaluation"}),
    "claims_claim_from_before_to": Example(
        {"occurred_from": date(2011, 6, 6), "occurred_to": date(2011, 6, 5)},
        {"occurred_from": date(2011, 6, 6), "occurred_to": date(2011, 6, 6)},
    ),
    "claims_claim_low_before_high": Example(
        {"quantity_low": Decimal("120.001"), "quantity_high": Decimal(120)},
        {"quantity_low": Decimal("120.000"), "quantity_high": Decimal(120)},
    ),
    "claims_claim_unit_of_quantity": Example({"unit": "men"}, {"unit": "men", "quantity_low": Decimal(0)}),
    "claims_claim_not_into_self": Example(
        lambda samples: {"merged_into": samples.here[Claim]},
        lambda samples: {"merged_into": samples.here[ClaimRelation].claim_b},
    ),
    "claims_claimrelation_two_claims": Example(
        lambda samples: {"claim_b": samples.here[ClaimRelation].claim_a},
        lambda samples: {"claim_b": samples.there[Claim]},
    ),
    "claims_claimrelation_pair_ordered": Example(
        lambda samples: {
            "kind": RelationKind.EQUIVALENT,
            "claim_a": samples.here[ClaimRelation].claim_b,
            "claim_b": samples.here[ClaimRelation].claim_a,
        },
        lambda samples: {  # what has a direction may point from the younger to the older
            "kind": RelationKind.SUPPORTS,
            "claim_a": samples.here[ClaimRelation].claim_b,
            "claim_b": samples.here[ClaimRelation].claim_a,
        },
    ),
    "claims_claimrelation_strength_given": Example(
        {"kind": RelationKind.CONTRADICTS}, {"kind": RelationKind.CONTRADICTS, "strength": Strength.TENSION}
    ),
    "claims_claimrelation_kind_known": Example({"kind": "rebuts"}, {"kind": RelationKind.EQUIVALENT}),
    "claims_claimrelation_judgement_known": Example({"judgement": ""}, {"judgement": "unsure"}),
    "claims_statement_voice_known": Example(
        {"voice": "everyone", "speaker": None}, {"voice": Voice.UNDISCLOSED, "speaker": None}
    ),
    "claims_statement_stance_known": Example({"stance": "doubts"}, {"stance": "leaves_open"}),
    "claims_statement_manner_known": Example({"manner": "sung"}, {"manner": "unclear"}),
    "claims_statement_framing_known": Example({"framing": "positive"}, {"framing": "distances"}),
    "claims_statement_attribution_type_known": Example(
        {"attribution_type": "guess"}, {"attribution_type": "intention"}
    ),
    "claims_statement_certainty_known": Example({"certainty": "0.7"}, {"certainty": "possible"}),
    "claims_statement_basis_known": Example({"basis": ""}, {"basis": "told"}),
    "claims_statement_review_known": Example({"review": "withdrawn"}, {"review": "rejected"}),
    "claims_statement_speaker_of_party": Example({"voice": Voice.AUTHOR}, {"voice": Voice.AUTHOR, "speaker": None}),
    "claims_statement_retracts_one": Example(
        {"stance": Stance.RETRACTS},
        lambda samples: {"stance": Stance.RETRACTS, "supersedes": samples.there[Statement]},
    ),
    "claims_statement_not_itself": Example(
        lambda samples: {"supersedes": samples.here[Statement]},
        lambda samples: {"supersedes": samples.there[Statement]},
    ),
    "claims_evidence_role_known": Example({"role": "proof"}, {"role": "antecedent"}),
    "claims_credibilityrating_grade_known": Example({"grade": "0"}, {"grade": "6"}),
    "claims_conclusion_text_given": Example({"text": ""}, {"text": "?"}),
    "claims_independencejudgement_pair_ordered": Example(
        lambda samples: {"statement_b": samples.here[Statement]},
        lambda samples: {"statement_b": samples.there[Statement]},
    ),
    "claims_independencejudgement_verdict_known": Example({"verdict": "perhaps"}, {"verdict": "shared"}),
    "claims_independencejudgement_reason_given": Example({"reason": ""}, {"reason": "?"}),
    "claims_relay_party_or_gap": Example({"is_gap": True}, {"is_gap": True, "party": None}),
    "claims_relay_hop_from_one": Example({"hop": 0}, {"hop": 32767}),
    "claims_relay_attitude_known": Example({"attitude": "hostile"}, {"attitude": "disputes"}),
    # --- claims: once ---
    "claims_claimrelation_once": Example({"judgement": "unsure"}, {"kind": RelationKind.SUPPORTS}),
    "claims_evidence_once": Example({}, {"role": "source"}),
    "claims_relay_hop_once": Example({"party": None, "is_gap": True}, {"party": None, "is_gap": True, "hop": 7}),
    "claims_relay_party_once": Example({"hop": 7}, lambda samples: {"hop": 7, "party": samples.shared}),
}

# What no caller gives, and so `check_row` need not know: where it is made instead.
MADE_BY_THE_DOMAIN = {
    "sources_party_not_into_self": "nothing merges parties yet",
    "sources_partylink_same_as_ordered": "link_parties puts the pair in order",
    "sources_documentversion_from_one": "capture_version counts",
    "sources_documentversion_measured": "capture_version measures",
    "sources_documentversion_hash_whole": "capture_version hashes",
    "sources_excerpt_not_empty": "cut_excerpts slices",
    "sources_excerpt_end_measured": "cut_excerpts slices",
    "claims_claim_not_into_self": "nothing merges claims yet",
    "claims_claimrelation_pair_ordered": "relate_claims puts the pair in order",
    "claims_statement_not_itself": "check_drafts refuses circles, the shortest included",
    "claims_relay_hop_from_one": "record_statements counts",
}


def told(values: Values | None, samples: Samples) -> dict[str, Any]:
    """Return the values of an example for these rows."""
    return (values(samples) if callable(values) else values) or {}


@contextmanager
def undone() -> Iterator[None]:
    """Run a block whose writes do not last."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def refusing(error: IntegrityError) -> str:
    """Return the name of the constraint that refused; on SQLite the columns of one that is unique."""
    if connection.vendor == "postgresql":
        return str(error.__cause__.diag.constraint_name)  # type: ignore[union-attr]
    return str(error).partition("failed: ")[2]


def expected(name: str) -> str:
    """Return what `refusing` should say of a constraint."""
    model, constraint = CONSTRAINTS[name]
    if connection.vendor == "postgresql" or isinstance(constraint, models.CheckConstraint):
        return name
    columns = [model._meta.get_field(field).column for field in constraint.fields]
    return ", ".join(f"{model._meta.db_table}.{column}" for column in columns)


# --- each constraint ---


def test_every_constraint_has_an_example_and_every_example_a_constraint() -> None:
    assert set(EXAMPLES) == set(CONSTRAINTS)
    assert all(
        isinstance(constraint, models.CheckConstraint | models.UniqueConstraint)
        for model in OURS
        for constraint in model._meta.constraints
    )
    assert not any(model._meta.unique_together for model in OURS)


def test_every_record_has_a_sample() -> None:
    assert set(record_models().values()) == {model for model in OURS if issubclass(model, Record)}


@pytest.mark.django_db
def test_samples_are_rows_of_every_record(samples: Samples) -> None:
    assert set(samples.here) == set(samples.there) == set(record_models().values())
    for rows, case in ((samples.here, samples.here[Case]), (samples.there, samples.there[Case])):
        assert all(getattr(row, "case_id", case.pk) == case.pk for row in rows.values())


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_constraint_refuses_what_it_is_for_and_lets_its_edge_through(samples: Samples, name: str) -> None:
    example, (model, constraint) = EXAMPLES[name], CONSTRAINTS[name]
    row = row_of(model, samples)
    if example.before is not None:
        update_row(row, told(example.before, samples))
        row.refresh_from_db()
    refused, allowed = told(example.refused, samples), told(example.allowed, samples)
    if isinstance(constraint, models.UniqueConstraint):
        ways: list[Callable[[dict[str, Any]], object]] = [
            lambda values: insert_row(twin_of(row, **values)),
            lambda values: model._base_manager.bulk_create([twin_of(row, **values)]),
        ]
    else:
        ways = [
            lambda values: update_row(row, values),
            lambda values: model._base_manager.filter(pk=row.pk).update(**values),
        ]
    for write in ways:
        with pytest.raises(IntegrityError) as error, undone():
            write(refused)
        assert refusing(error.value) == expected(name)
        with undone():
            write(allowed)


UNIQUE_FIELDS = [(model, field.name) for model in OURS for field in model._meta.concrete_fields if field.unique]


@pytest.mark.usefixtures("unguarded")
def test_no_two_rows_share_what_is_unique(samples: Samples) -> None:
    assert (Party, "uid") in UNIQUE_FIELDS
    for model, field in UNIQUE_FIELDS:
        row = row_of(model, samples)
        with pytest.raises(IntegrityError), undone():
            insert_row(twin_of(row, **{field: getattr(row, field)}), with_key=field == model._meta.pk.name)


@pytest.mark.usefixtures("unguarded")
def test_two_shared_aliases_or_links_are_alike_although_their_case_is_null(samples: Samples) -> None:
    # UNIQUE alone would hold two NULLs for different; and a row of a case is another than a shared one.
    for model in (PartyAlias, PartyLink):
        row = samples.here[model]
        insert_row(twin_of(row, case=None))
        with pytest.raises(IntegrityError), undone():
            insert_row(twin_of(row, case=None))


# --- the domain refuses first ---


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in CHECKS if issubclass(CONSTRAINTS[name][0], Record)])
def test_what_a_check_refuses_the_domain_refuses_before(samples: Samples, name: str) -> None:
    example, (model, _) = EXAMPLES[name], CONSTRAINTS[name]

    def with_(values: dict[str, Any]) -> Any:
        row = model._base_manager.get(pk=samples.here[model].pk)
        for field, value in values.items():
            setattr(row, field, value)
        return row

    if name not in MADE_BY_THE_DOMAIN:
        with pytest.raises(ValidationError) as refused:
            check_row(with_(told(example.refused, samples)))
        fields = {field.name for field in model._meta.concrete_fields}
        assert set(refused.value.error_dict) <= fields  # every refusal stands at a field that a form has
    allowed = told(example.allowed, samples)
    if not any(isinstance(value, Record) and value in samples.there.values() for value in allowed.values()):
        check_row(with_(allowed))


def test_what_the_domain_makes_by_itself_is_guarded_by_a_check() -> None:
    assert set(MADE_BY_THE_DOMAIN) <= set(CHECKS)


def verdicts(row: Record) -> tuple[bool, bool]:
    """Return whether the domain, and whether the database takes the row; triggers must be lifted."""
    try:
        check_row(row)
        taken = True
    except ValidationError:
        taken = False
    row.pk = None
    try:
        with undone():
            insert_row(row)
    except IntegrityError:
        return taken, False
    return taken, True


QUANTITIES = (None, Decimal(-1), Decimal(0), Decimal("0.001"), Decimal(120), Decimal("999999999999.999"))
DAYS = (None, date(2011, 6, 4), date(2011, 6, 5), date.min, date.max)


@pytest.mark.usefixtures("unguarded")
def test_domain_and_database_agree_on_quantities() -> None:
    case = make.make_case()
    for low, high, approximate, unit in product(QUANTITIES, QUANTITIES, (False, True), ("", "men")):
        values = {"quantity_low": low, "quantity_high": high, "quantity_approximate": approximate, "unit": unit}
        by_domain, by_database = verdicts(Claim(case=case, text="x", **values))
        assert by_domain == by_database, values
        in_order = low is None or high is None or low <= high
        assert by_domain == (in_order and (low is not None or high is not None or not (unit or approximate))), values


@pytest.mark.usefixtures("unguarded")
def test_domain_and_database_agree_on_days() -> None:
    case = make.make_case()
    one, other = make.make_party(case), make.make_party(case)
    for first, last in product(DAYS, DAYS):
        in_order = first is None or last is None or first <= last
        claim = Claim(case=case, text="x", occurred_from=first, occurred_to=last)
        assert verdicts(claim) == (in_order, in_order), (first, last)
        link = PartyLink(case=case, from_party=one, to_party=other, kind=LinkKind.PART_OF, since=first, until=last)
        assert verdicts(link) == (in_order, in_order), (first, last)


@pytest.mark.usefixtures("unguarded")
def test_domain_and_database_agree_on_who_speaks_and_what_is_retracted(samples: Samples) -> None:
    row = samples.here[Statement]
    voices, stances = [*Voice.values, "everyone", ""], [*Stance.values, "doubts", ""]
    for voice, stance, speaker, earlier in product(voices, stances, (None, samples.shared), (None, row)):
        statement = Statement(
            case=row.case,
            claim=row.claim,
            excerpt=row.excerpt,
            voice=voice,
            stance=stance,
            speaker=speaker,
            supersedes=earlier,
        )
        known = voice in Voice.values and stance in Stance.values
        speaks = (voice == Voice.PARTY) == (speaker is not None)
        right = known and speaks and (stance != Stance.RETRACTS or earlier is not None)
        assert verdicts(statement) == (right, right), (voice, stance, speaker, earlier)


@pytest.mark.usefixtures("unguarded")
def test_domain_and_database_agree_on_what_a_relay_is(samples: Samples) -> None:
    for party, is_gap, attitude in product((None, samples.shared), (True, False), ("neutral", "disputes", "", "sly")):
        relay = Relay(
            case=samples.here[Case],
            statement=samples.here[Statement],
            hop=7,
            party=party,
            is_gap=is_gap,
            attitude=attitude,
        )
        right = (party is None) == is_gap and attitude in ("neutral", "disputes")
        assert verdicts(relay) == (right, right), (party, is_gap, attitude)


@pytest.mark.usefixtures("unguarded")
def test_domain_and_database_agree_on_the_strength_of_relations() -> None:
    case = make.make_case()
    one, other = make.make_claim(case), make.make_claim(case)
    kinds, strengths = [*RelationKind.values, "rebuts", ""], [*Strength.values, "weak", ""]
    for kind, strength, judgement in product(kinds, strengths, ("unjudged", "unsure", "", "perhaps")):
        relation = ClaimRelation(
            case=case, claim_a=one, claim_b=other, kind=kind, strength=strength, judgement=judgement
        )
        right = kind in RelationKind.values and judgement in ("unjudged", "unsure")
        right = right and (strength in Strength.values if kind == RelationKind.CONTRADICTS else strength == "")
        assert verdicts(relation) == (right, right), (kind, strength, judgement)


@pytest.mark.usefixtures("unguarded")
def test_domain_and_database_agree_on_parties_that_have_no_name() -> None:
    for naming, case in product([*Naming.values, "secret", ""], (None, make.make_case())):
        right = naming in Naming.values and (naming != Naming.UNNAMED or case is not None)
        assert verdicts(Party(case=case, label="x", naming=naming)) == (right, right), (naming, case)


@pytest.mark.parametrize(
    ("kind", "aspects", "code"),
    [
        ("contradicts", ["who", "number"], None),
        ("contradicts", [], None),
        ("entails", [], None),
        ("contradicts", ["whom"], "aspect_unknown"),
        ("contradicts", ["who", "who"], "aspect_twice"),
        ("contradicts", "who", "aspect_unknown"),
        ("contradicts", {"who": True}, "aspect_unknown"),
        ("contradicts", [["who"]], "aspect_unknown"),
        ("contradicts", [None], "aspect_unknown"),
        ("contradicts", None, "aspect_unknown"),
        ("contradicts", ["who\x00"], "aspect_unknown"),
        ("equivalent", ["who"], "aspects_not_wanted"),
        ("supports", ["who"], "aspects_not_wanted"),
    ],
)
def test_aspects_are_words_of_the_vocabulary_each_once_and_of_contradictions_alone(
    kind: str, aspects: Any, code: str | None
) -> None:
    relation = ClaimRelation(
        case_id=1,
        claim_a_id=1,
        claim_b_id=2,
        kind=kind,
        strength="contrary" if kind == "contradicts" else "",
        aspects=aspects,
    )
    if code is None:
        check_row(relation)
        return
    with pytest.raises(ValidationError) as refused:
        check_row(relation)
    assert code in {error.code for error in refused.value.error_dict["aspects"]}


# Whatever a caller may put into a column, the answer is a refusal at that column and never another exception.
NO_DAY = ("not a day", "2011-02-30", "2011-06-05T12:00", "5 June")
NO_NUMBER = ("many", "1e999999", "NaN", Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), float("nan"))


@pytest.mark.parametrize("wrong", NO_DAY, ids=repr)
@pytest.mark.parametrize(
    ("model", "first", "last"), [(Claim, "occurred_from", "occurred_to"), (PartyLink, "since", "until")]
)
def test_what_is_no_day_is_refused_at_its_place(model: type[Record], first: str, last: str, wrong: Any) -> None:
    whole: dict[type[Record], dict[str, Any]] = {
        Claim: {"case_id": 1, "text": "x"},
        PartyLink: {"case_id": 1, "from_party_id": 1, "to_party_id": 2, "kind": "part_of"},
    }
    for field, other in ((first, last), (last, first)):
        for beside in (None, date(2011, 6, 5), "2011-06-05", wrong):
            with pytest.raises(ValidationError) as refused:
                check_row(model(**whole[model], **{field: wrong, other: beside}))
            assert field in refused.value.error_dict


@pytest.mark.parametrize("wrong", NO_NUMBER, ids=repr)
def test_what_is_no_number_is_refused_at_its_place(wrong: Any) -> None:
    for field, other in (("quantity_low", "quantity_high"), ("quantity_high", "quantity_low")):
        for beside in (None, 120, Decimal("0.5"), "120", wrong):
            with pytest.raises(ValidationError) as refused:
                check_row(Claim(case_id=1, text="x", **{field: wrong, other: beside}))
            assert field in refused.value.error_dict


@pytest.mark.parametrize("number", ["1000000000000", "0.0001", "-1000000000000", 10**20, 0.1234])
def test_a_number_that_the_column_cannot_hold_is_refused(number: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        check_row(Claim(case_id=1, text="x", quantity_low=number))
    assert set(refused.value.error_dict) == {"quantity_low"}


# --- columns, whatever the model ---

COLUMNS = [
    (model, field)
    for model in record_models().values()
    for field in model._meta.concrete_fields
    if isinstance(field, models.CharField) and field.name not in model.DERIVED and field.editable
]


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("model", record_models().values())
def test_every_column_takes_as_many_characters_as_it_says_and_not_one_more(
    samples: Samples, model: type[Record]
) -> None:
    row = samples.here[model]
    if isinstance(row, Claim):
        update_row(row, {"quantity_low": Decimal(1)})  # so that it may have a unit
    for field in [field for of, field in COLUMNS if of is model and not field.choices]:
        start = "https://example.org/" if isinstance(field, models.URLField) else ""
        letter = "a" if isinstance(field, models.SlugField | models.URLField) else "𝕏"
        full = start + letter * (field.max_length - len(start))
        row.refresh_from_db()
        setattr(row, field.name, full)
        check_row(row)
        with undone():
            update_row(row, {field.name: full})
            row.refresh_from_db()
            assert getattr(row, field.name) == full
        setattr(row, field.name, full + letter)
        with pytest.raises(ValidationError) as refused:
            check_row(row)
        assert set(refused.value.error_dict) == {field.name}


@pytest.mark.django_db
@pytest.mark.parametrize("model", record_models().values())
def test_no_column_takes_a_nul_a_lone_surrogate_or_a_word_that_is_no_choice(
    samples: Samples, model: type[Record]
) -> None:
    for of, field in COLUMNS:
        if of is not model:
            continue
        wrongs = ["a\x00b", "\ud800"] + (["unheard_of"] if field.choices else []) + ([] if field.blank else [""])
        for wrong in wrongs:
            row = model._base_manager.get(pk=samples.here[model].pk)
            setattr(row, field.name, wrong)
            with pytest.raises(ValidationError) as refused:
                check_row(row)
            assert field.name in refused.value.error_dict, (field.name, wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("model", record_models().values())
def test_nothing_where_something_must_stand_is_refused_at_its_place(samples: Samples, model: type[Record]) -> None:
    for field in model._meta.concrete_fields:
        if field.null or not field.editable or field.primary_key:
            continue
        row = model._base_manager.get(pk=samples.here[model].pk)
        setattr(row, field.attname, None)
        with pytest.raises(ValidationError) as refused:
            check_row(row)
        assert field.name in refused.value.error_dict, field.name


@pytest.mark.django_db
@pytest.mark.parametrize("model", record_models().values())
def test_a_row_of_another_case_is_refused_at_its_place(samples: Samples, model: type[Record]) -> None:
    for field in model._meta.concrete_fields:
        target = field.related_model
        if field.name == "case" or not (isinstance(target, type) and issubclass(target, Record)):
            continue
        row = model._base_manager.get(pk=samples.here[model].pk)
        setattr(row, field.name, samples.there[target])
        with pytest.raises(ValidationError) as refused:
            check_row(row)
        assert "other_case" in {error.code for error in refused.value.error_dict[field.name]}


@pytest.mark.django_db
def test_checking_a_row_asks_no_database(samples: Samples, django_assert_num_queries: Any) -> None:
    statement = samples.here[Statement]
    retraction = make.make_statement(
        statement.claim, speaker=samples.shared, stance=Stance.RETRACTS, supersedes=statement
    )
    rows = [*samples.here.values(), samples.shared, retraction]
    for row in [type(row)._base_manager.get(pk=row.pk) for row in rows]:
        with django_assert_num_queries(0):
            check_row(row)


@pytest.mark.django_db
@pytest.mark.parametrize("letter", ["\ufdfa", "㍐", "ΐ", "İ", "𝕏"])
def test_a_name_that_grows_when_it_is_folded_is_kept_and_found(letter: str) -> None:
    # One character of these becomes up to eighteen in the key.
    case = make.make_case()
    party = make.make_party(case, letter * 300)
    party.refresh_from_db()
    assert party.label == letter * 300
    with make.CONSOLE.act("add_alias", case) as act:
        alias = act.insert(PartyAlias(case=case, party=party, name=letter * 300))
    alias.refresh_from_db()
    assert alias.name == letter * 300
    assert find_namesakes(case, letter * 300) == [party]
    assert list(Party.objects.filter(case=case).matching(letter * 300, make.make_admin())) == [party]
