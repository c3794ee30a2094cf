"""Statements, and the acts of speech that several of them report."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sources.api.bodies import Body, Strict, VisibleField, VisibleOrNew, check_case
from sources.api.conditions import require_revision
from sources.api.excerpts import WORDS, WordsBody, read_versions, read_words
from sources.api.filters import ResourceFilter, WholeNumberFilter, yes_or_no
from sources.api.resources import Resource, case_of_all
from sources.api.schema import moment
from sources.excerpting import Quotation
from sources.models import Case, Document, DocumentVersion, Party
from sources.refusals import RowsRefused

from ..choices import Attitude, EvidenceRole, Review
from ..conflicts import contested_in
from ..drafting import Draft
from ..models import Claim, Question, Relay, Statement, Utterance
from ..reading import read_statements
from ..recording import (
    delete_statement,
    record_statements,
    reinstate_statement,
    review_statements,
    revise_statement,
    withdraw_statement,
)
from ..wording import note_utterances
from .claims import ClaimBody
from .live import LIVE, LIVE_VALUES, keep_live
from .presenting import present_statements
from .shapes import StatementShape, UtteranceShape

MAX_EVIDENCE, MAX_RELAYS = 100, 32  # of one statement: more is a mistake of a program


class EvidenceBody(WordsBody):
    """Further words of the statement's document, and what they do: of the text of its main words, or of another."""

    version = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="Default: that of the statement's main words."
    )
    role = serializers.ChoiceField(choices=EvidenceRole.choices)


class NewParty(Body):
    """A party that is registered along with the statement that it makes or relays."""

    aliases = None

    class Meta:
        model = Party
        fields = ("label", "disambiguation", "kind", "naming", "description")


class NewQuestion(Body):
    """A question that is posed along with the claim that answers it."""

    class Meta:
        model = Question
        fields = ("text",)


class NewClaim(Body):
    """A claim that is worded along with the statement on it."""

    question = VisibleOrNew(new=NewQuestion, queryset=Question.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Claim
        fields = tuple(name for name in ClaimBody.Meta.fields if name != "case")


class NewUtterance(Body):
    """An act of speech that is noted along with the statement that reports it."""

    class Meta:
        model = Utterance
        fields = ("said_at", "said_note", "note")


class RelayBody(Strict):
    """One hop of the chain; the list runs from the speaker to the document."""

    party = VisibleOrNew(new=NewParty, queryset=Party.objects.all(), required=False, allow_null=True)
    is_gap = serializers.BooleanField(required=False)
    cue = serializers.CharField(required=False, allow_blank=True, max_length=300, trim_whitespace=False)
    attitude = serializers.ChoiceField(choices=Attitude.choices, required=False)


class StatementBody(WordsBody, Body):
    """A new statement: who, stance, claim and words are asked for; the rest has a default.

    The words are those of `document`, in its newest version unless `version` says otherwise. Speaker, claim, utterance
    and relays are named by their ids, or are bodies of new ones, which are written along with the statement.
    """

    case = VisibleField(queryset=Case.objects.all(), required=False)
    claim = VisibleOrNew(new=NewClaim, queryset=Claim.objects.all())
    speaker = VisibleOrNew(new=NewParty, queryset=Party.objects.all(), required=False, allow_null=True)
    utterance = VisibleOrNew(new=NewUtterance, queryset=Utterance.objects.all(), required=False, allow_null=True)
    document = VisibleField(queryset=Document.objects.all())
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    evidence = EvidenceBody(many=True, required=False, max_length=MAX_EVIDENCE)  # type: ignore[call-arg]  # of the list
    relays = RelayBody(many=True, required=False, max_length=MAX_RELAYS)  # type: ignore[call-arg]  # of the list

    class Meta:
        model = Statement
        fields = (
            "case",
            "claim",
            "voice",
            "speaker",
            "stance",
            "document",
            "version",
            *WORDS,
            "manner",
            "framing",
            "attribution_type",
            "certainty",
            "basis",
            "cue",
            "said_at",
            "said_note",
            "utterance",
            "supersedes",
            "evidence",
            "relays",
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a document of another case by its own name; of all else the domain says where it is wrong."""
        check_case(attrs, ("document",), attrs.get("case") or getattr(self.context.get("row"), "case", None))
        return attrs


class ReviewBody(Strict):
    """Where the statement stands in review."""

    review = serializers.ChoiceField(choices=Review.choices)


SINCE = "Whose main words end after this code point of their text."
UNTIL = "Whose main words begin before this code point of their text."


class StatementFilter(ResourceFilter):
    """By who, what, how and where."""

    claim = django_filters.UUIDFilter(field_name="claim__uid", label="On this claim.")
    question = django_filters.UUIDFilter(field_name="claim__question__uid", label="On answers to this question.")
    speaker = django_filters.UUIDFilter(field_name="speaker__uid", label="Of this speaker.")
    relay = django_filters.UUIDFilter(method="keep_relayed", label="Through this party, at any hop.")
    document = django_filters.UUIDFilter(field_name="excerpt__version__document__uid", label="Told in this document.")
    utterance = django_filters.UUIDFilter(field_name="utterance__uid", label="Reports of this act of speech.")
    version = WholeNumberFilter(field_name="excerpt__version__number", label="In this text of its document.")
    since = WholeNumberFilter(field_name="excerpt__end", lookup_expr="gt", label=SINCE)
    until = WholeNumberFilter(field_name="excerpt__start", lookup_expr="lt", label=UNTIL)
    contested = yes_or_no(method="keep_contested", label="On claims that are contested, or not.")
    live = django_filters.ChoiceFilter(
        method="leave", choices=[(value, value) for value in LIVE_VALUES], label=LIVE.description
    )

    class Meta:
        model = Statement
        fields = ("voice", "stance", "manner", "framing", "attribution_type", "certainty", "basis", "review")

    def keep_relayed(self, queryset: QuerySet[Statement], name: str, value: Any) -> QuerySet[Statement]:
        """Keep the statements in whose chain the party stands."""
        return queryset.filter(pk__in=Relay.objects.filter(party__uid=value).values("statement_id"))

    def keep_contested(self, queryset: QuerySet[Statement], name: str, value: bool) -> QuerySet[Statement]:
        """Keep the statements on contested claims, or on the others."""
        cases = Case.objects.visible_to(self.request.user)
        if (wanted := self.form.cleaned_data.get("case")) is not None:
            cases = cases.filter(uid=wanted)
        contested = contested_in(list(cases.values_list("pk", flat=True)))
        return queryset.filter(claim_id__among=contested) if value else queryset.exclude(claim_id__among=contested)

    def leave(self, queryset: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        """Do nothing: the list itself reads `live`, since it has a default."""
        return queryset


class Statements(Resource):
    """Who takes which stance on which claim, in which words, through whom. Lists hold live ones unless asked."""

    collection, model, shape, body, filters = (
        "statements",
        Statement,
        StatementShape,
        StatementBody,
        StatementFilter,
    )
    bodies = {"review": ReviewBody}

    def listed(self) -> QuerySet[Statement]:
        """Return what the parameter `live` selects."""
        return keep_live(self.request, self.rows())

    def rows(self) -> QuerySet[Statement]:
        """Return visible statements with what changing them needs."""
        return super().rows().select_related("case", "excerpt__version__document").defer("excerpt__version__text")

    def present(self, rows: list[Statement]) -> list[StatementShape]:
        """Return statements in their public shape."""
        keys = [row.pk for row in rows]
        return present_statements(read_statements(Statement.objects.filter(pk__among=keys).order_by("uid")), self.links)

    def write(self, values: list[Any]) -> list[Any]:
        """Record statements."""
        for row in values:
            row.setdefault("case", row["document"].case)
        case = case_of_all(values)
        texts = read_texts([(row.pop("document"), row.pop("version", None), row.get("evidence", [])) for row in values])
        drafts = [read_draft(row, *found) for row, found in zip(values, texts, strict=True)]
        return record_statements(by=self.by, case=case, drafts=drafts)

    def rewrite(self, row: Statement, values: dict[str, Any]) -> None:
        """Revise a statement; words, evidence and chain stay where the body does not name them."""
        is_whole = self.action == "update"
        change = read_change(row, values, is_whole)
        revise_statement(by=self.by, statement=row, values=values, **change)

    def remove(self, row: Statement) -> None:
        """Delete a statement with its evidence and chain."""
        delete_statement(by=self.by, statement=row)

    @action(detail=True, methods=["put"])
    def review(self, request: Request, id: Any) -> Response:
        """Accept or reject the statement, or make it a draft again."""
        row = self.find(id)
        require_revision(request, row)
        review = self.read(ReviewBody(data=request.data, context=self.context))["review"]
        return self.changed(row, lambda: review_statements(by=self.by, case=row.case, statements=[row], review=review))

    @action(detail=True, methods=["put"])
    def withdrawal(self, request: Request, id: Any) -> Response:
        """Take the statement out, as an analyst's mistake."""
        row = self.find(id)
        require_revision(request, row)
        return self.changed(row, lambda: withdraw_statement(by=self.by, statement=row))

    @withdrawal.mapping.delete
    def end_withdrawal(self, request: Request, id: Any) -> Response:
        """Put the statement back."""
        row = self.find(id)
        require_revision(request, row)
        return self.changed(row, lambda: reinstate_statement(by=self.by, statement=row))


Pieces = list[dict[str, Any]]  # of evidence, as their bodies say them
Texts = tuple[DocumentVersion, list[DocumentVersion]]  # of a statement's main words, and of each piece of its evidence


def read_texts(wanted: Sequence[tuple[Document, int | None, Pieces]]) -> list[Texts]:
    """Return the texts that statements name, those of their pieces taken out of these, in two queries however many.

    Raises RowsRefused by place in `wanted`, keyed by the place of the version (`evidence.0.version`).
    """
    named = [(index, "version", document, number) for index, (document, number, _) in enumerate(wanted)]
    for index, (document, _, pieces) in enumerate(wanted):
        for n, piece in enumerate(pieces):
            if "version" in piece:
                named.append((index, f"evidence.{n}.version", document, piece.pop("version")))
    try:
        found = read_versions([(document, number) for _, _, document, number in named])
    except RowsRefused as refused:
        errors: dict[int, dict[str, Any]] = {}
        for place, error in refused.errors.items():
            index, name, *_ = named[place]
            errors.setdefault(index, {})[name] = error.error_dict["version"]
        raise RowsRefused({index: ValidationError(faults) for index, faults in errors.items()}) from None
    of = {(index, name): version for (index, name, *_), version in zip(named, found, strict=True)}
    return [
        (
            of[index, "version"],
            [of.get((index, f"evidence.{n}.version"), of[index, "version"]) for n in range(len(pieces))],
        )
        for index, (_, _, pieces) in enumerate(wanted)
    ]


def read_draft(values: dict[str, Any], version: DocumentVersion, further: Sequence[DocumentVersion]) -> Draft:
    """Return the draft that the validated fields of a StatementBody mean, in these texts."""
    evidence = _read_evidence(values.pop("evidence", []), further)
    relays = [Relay(**relay) for relay in values.pop("relays", [])]
    words = read_words(values, version)
    return Draft(statement=Statement(**values), words=words, evidence=evidence, relays=relays)


def read_change(row: Statement, values: dict[str, Any], is_whole: bool) -> dict[str, Any]:
    """Return the words, evidence and relays that a change names, taking them out of its values; None: as they are."""
    kept = row.excerpt.version
    names_place = any(name in values for name in ("document", "version", *WORDS))
    document, number = values.pop("document", kept.document), values.pop("version", None)
    evidence = values.pop("evidence", [] if is_whole else None)
    if number is None and document == kept.document:
        number = kept.number
    if (document, number) == (kept.document, kept.number) and not any("version" in piece for piece in evidence or []):
        version, further = kept, [kept] * len(evidence or [])
    else:
        version, further = read_texts([(document, number, evidence or [])])[0]
    words = read_words(values, version)
    relays = values.pop("relays", [] if is_whole else None)
    return {
        "words": words if names_place or is_whole else None,
        "evidence": None if evidence is None else _read_evidence(evidence, further),
        "relays": None if relays is None else [Relay(**relay) for relay in relays],
    }


def _read_evidence(pieces: Pieces, versions: Sequence[DocumentVersion]) -> list[tuple[str, Quotation]]:
    return [(piece.pop("role"), read_words(piece, version)) for piece, version in zip(pieces, versions, strict=True)]


class UtteranceBody(Body):
    """A new act of speech."""

    class Meta:
        model = Utterance
        fields = ("case", "said_at", "said_note", "note")


class UtteranceFilter(ResourceFilter):
    class Meta:
        model = Utterance
        fields = ()


class Utterances(Resource):
    """Acts of speech that several statements report: two papers with one remark, two officials in one sentence."""

    collection, model, shape, body, filters = (
        "utterances",
        Utterance,
        UtteranceShape,
        UtteranceBody,
        UtteranceFilter,
    )

    def rows(self) -> QuerySet[Utterance]:
        """Return visible utterances with their live statements."""
        statements = Statement.objects.live().only("uid", "utterance_id").order_by("uid")
        return super().rows().select_related("case").prefetch_related(Prefetch("statements", statements))

    def present(self, rows: list[Utterance]) -> list[UtteranceShape]:
        """Return utterances in their public shape."""
        return [
            {
                "id": str(utterance.uid),
                "url": self.links("utterances", utterance.uid),
                "case": str(utterance.case.uid),
                "said_at": moment(utterance.said_at),
                "said_note": utterance.said_note,
                "note": utterance.note,
                "statements": [str(statement.uid) for statement in utterance.statements.all()],
                "revision": utterance.revision,
            }
            for utterance in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Note acts of speech."""
        case = case_of_all(values)
        return note_utterances(by=self.by, case=case, utterances=[Utterance(**row) for row in values])
