"""How claims stand to each other."""

from django.contrib import admin

from sources.admin.base import CaseFilter, RecordAdmin

from ..models import ClaimRelation


@admin.register(ClaimRelation)
class ClaimRelationAdmin(RecordAdmin):
    list_display = ("claim_a", "kind", "claim_b", "strength", "judgement", "case")
    list_display_links = ("claim_a", "kind")
    list_filter = (CaseFilter, "kind", "strength", "judgement")
    list_select_related = ("claim_a", "claim_b", "case")
    readonly_fields = ("uid", "revision", "judged_by", "judged_at")
