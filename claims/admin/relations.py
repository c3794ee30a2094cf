"""How claims stand to each other: asked in two questions, answered in a word of the field."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from sources.admin.base import RecordAdmin
from sources.admin.forms import RecordForm
from sources.choices import Judgement, Role
from sources.ledger import By
from sources.models import Case

from ..models import ClaimRelation
from ..relating import relate_claims, revise_relation
from .two_questions import TwoQuestions


class RelationForm(TwoQuestions, RecordForm):
    """A relation whose strength is asked for in two questions."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, label in (("claim_a", "Claim"), ("kind", "Relation"), ("claim_b", "Other claim")):
            if name in self.fields:
                self.fields[name].label = label
        answers = self.answer(self.instance.strength)
        for name in ("both_true", "both_false"):
            field: Any = self.fields[name]
            field.initial = answers.get(name)
            field.widget = forms.Select(choices=[("", "–"), *field.choices])  # the admin names no group of buttons

    def kind_of(self, values: dict[str, Any]) -> str:
        """Return the kind that was typed, or that the relation has."""
        return str(values.get("kind") or self.instance.kind)

    def clean(self) -> dict[str, Any]:
        """Give the relation its strength."""
        values = super().clean()
        self.instance.strength = values["strength"]
        return values


@admin.register(ClaimRelation)
class ClaimRelationAdmin(RecordAdmin):
    form = RelationForm
    list_display = ("claim_a", "kind", "claim_b", "strength", "judgement", "case")
    list_display_links = ("claim_a", "kind")
    list_filter = ("kind", "strength", "judgement")
    list_select_related = ("claim_a", "claim_b", "case", "judged_by")
    autocomplete_fields = ("claim_a", "claim_b")
    radio_fields = {"kind": admin.HORIZONTAL}
    fieldsets = (
        (None, {"fields": ("claim_a", "kind", "claim_b")}),
        ("If they contradict each other", {"fields": ("both_true", "both_false", "aspects")}),
        ("Judgement", {"fields": ("judgement", "rationale", "judged_by", "judged_at")}),
    )

    def state_of(self, row: Any) -> str:
        """Return how the relation was judged."""
        return str(row.get_judgement_display())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Other claims or another kind would be another relation; judging is the lead's."""
        case = getattr(request, "_form_case", None) or (obj.case if obj is not None else None)
        may_judge = case is None or self._includes(request, case, Role.LEAD)
        fixed = ("claim_a", "kind", "claim_b") if obj is not None else ()
        return (*fixed, "judged_by", "judged_at", *(() if may_judge else ("judgement",)))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Tell who judged it once there is someone; nothing of a judgement where it is not this user's to give."""
        fieldsets = super().get_fieldsets(request, obj)
        unasked = ("judged_by", "judged_at") if obj is None else ()
        if obj is None and "judgement" in self.get_readonly_fields(request, obj):
            unasked = (*unasked, "judgement")
        for _, options in fieldsets:
            options["fields"] = [name for name in options["fields"] if name not in unasked]
        return fieldsets

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Relate the two claims."""
        form.instance.judgement = form.cleaned_data.get("judgement", Judgement.UNJUDGED)
        relate_claims(by=by, case=case, relations=[form.instance])

    def change_record(self, by: By, form: RecordForm, formsets: list[Any]) -> None:
        """Revise strength, aspects, judgement and rationale."""
        judged = ("judgement",) if "judgement" in form.cleaned_data else ()
        values = form.values("strength", "aspects", "rationale", *judged)
        revise_relation(by=by, relation=form.instance, values=values)
