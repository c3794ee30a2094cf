"""What leads conclude on claims, and whether two statements go back to one origin: signed, and never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from sources.admin.base import RecordAdmin
from sources.admin.forms import RecordForm
from sources.choices import Role
from sources.ledger import By
from sources.models import Case

from ..concluding import judge_independence, sign_conclusions
from ..models import Conclusion, IndependenceJudgement


class SignedAdmin(RecordAdmin):
    """What is signed by a lead: who thinks otherwise later signs again, and a slip is taken back in the ledger."""

    is_changed_here = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let leads sign."""
        return super().has_add_permission(request, obj) and self.may_here(request, Role.LEAD)


@admin.register(Conclusion)
class ConclusionAdmin(SignedAdmin):
    list_display = ("claim", "text", "signed_by", "signed_at", "case")
    list_display_links = ("claim", "text")
    list_select_related = ("claim", "signed_by", "case")
    fields = ("claim", "text", "signed_by", "signed_at")
    readonly_fields = ("signed_by", "signed_at")
    autocomplete_fields = ("claim",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask only for what is not known."""
        return self.fields if obj is not None else ("claim", "text")

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Sign the conclusion."""
        sign_conclusions(by=by, case=case, conclusions=[form.instance])


@admin.register(IndependenceJudgement)
class IndependenceJudgementAdmin(SignedAdmin):
    list_display = ("statement_a", "statement_b", "verdict", "reason", "judged_by", "judged_at", "case")
    list_display_links = ("statement_a", "verdict")
    list_filter = ("verdict",)
    list_select_related = (
        "statement_a__speaker",
        "statement_a__claim",
        "statement_b__speaker",
        "statement_b__claim",
        "judged_by",
        "case",
    )
    fields = ("statement_a", "statement_b", "verdict", "reason", "judged_by", "judged_at")
    readonly_fields = ("judged_by", "judged_at")
    autocomplete_fields = ("statement_a", "statement_b")
    radio_fields = {"verdict": admin.VERTICAL}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask only for what is not known."""
        return self.fields if obj is not None else self.fields[:4]

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Write the judgement."""
        judge_independence(by=by, case=case, judgements=[form.instance])
