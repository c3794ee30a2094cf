"""API tokens: made, shown once, and revoked."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ..models import ApiToken
from ..once import keep_answer, take_key
from ..tokens import issue_token, revoke_token
from .forms import name_sending, new_form_key
from .lists import Listing


class UsableFilter(admin.SimpleListFilter):
    """Tokens that can be used, or those that cannot any more."""

    title = "state"
    parameter_name = "usable"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return yes and no."""
        return [("yes", "in use"), ("no", "ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the tokens chosen."""
        usable = ApiToken.objects.usable(timezone.now()).values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=usable)
        return queryset.exclude(pk__in=usable) if self.value() == "no" else queryset


class TokenForm(forms.ModelForm):
    """What a token is for; a new one carries a name of the form, which makes one token."""

    form_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput, initial=new_form_key)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "expires_at" in self.fields:
            for part, name in zip(self.fields["expires_at"].widget.widgets, ("day", "time"), strict=True):
                part.attrs["aria-label"] = f"Expires at, {name}"


@admin.register(ApiToken)
class ApiTokenAdmin(Listing, admin.ModelAdmin):
    list_display = ("name", "state", "user", "is_read_only", "prefix", "created_at", "expires_at")
    list_filter = (UsableFilter, "is_read_only")
    form = TokenForm
    change_form_template = "admin/token.html"
    fields = ("name", "prefix", "user", "is_read_only", "created_at", "expires_at", "revoked_at")
    readonly_fields = ("prefix", "created_at", "revoked_at")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    actions = ("revoke",)

    def get_urls(self) -> list[Any]:
        """Add the act on one token."""
        revoke = self.admin_site.admin_view(require_POST(self.revoke_view))
        return [path("<int:pk>/revoke/", revoke, name="revoke-token"), *super().get_urls()]

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Revoke one token, and go back to the list."""
        token = get_object_or_404(self.get_queryset(request), pk=pk)
        revoke_token(token=token, at=timezone.now())
        self.message_user(request, f"“{token.name}” is revoked: the next request with it is refused.")
        return HttpResponseRedirect(reverse("admin:sources_apitoken_changelist"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under its name."""
        title = "API tokens" if request.user.is_superuser else "Your API tokens"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leave out whose they are where all are one's own."""
        return [column for column in self.list_display if column != "user" or request.user.is_superuser]

    @admin.display(description="state")
    def state(self, token: ApiToken) -> str:
        """Return whether it can be used."""
        if token.revoked_at is not None:
            return "revoked"
        if token.expires_at is not None and token.expires_at <= timezone.now():
            return "expired"
        return "in use" if token.user.is_active else "account closed"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return one's own tokens; an administrator sees all."""
        tokens = super().get_queryset(request)
        return tokens if request.user.is_superuser else tokens.filter(user_id=request.user.pk)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask of a new token what it is for, whether it may write, and until when; of whom, administrators alone."""
        if obj is not None:
            return self.fields
        return ("name", *(["user"] if request.user.is_superuser else []), "is_read_only", "expires_at", "form_key")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Propose a token of one's own."""
        return {"user": request.user.pk}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask what the token is for."""
        return super().add_view(request, form_url, {"title": "New API token", **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what may be shown of a token."""
        return super().change_view(request, object_id, form_url, {"title": "API token", **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Issue the token, once for each form; its text lives in this answer and nowhere else."""
        sender: Any = request.user
        now = timezone.now()
        key, digest = name_sending(request, form.cleaned_data.get("form_key", ""))
        known = take_key(user=sender, key=key, digest=digest, at=now)
        if known is not None:
            request._made_before = known.location
            return
        user: Any = form.cleaned_data["user"] if sender.is_superuser else sender
        token, text = issue_token(
            user=user, name=obj.name, at=now, is_read_only=obj.is_read_only, expires_at=obj.expires_at
        )
        obj.pk, obj.user = token.pk, token.user
        request._token_text = text
        keep_answer(user=sender, key=key, location=reverse("admin:sources_apitoken_change", args=[token.pk]))

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: Any = None) -> HttpResponse:
        """Show the text of the token, this once; a form that came twice is led to the token that it made."""
        if hasattr(request, "_made_before"):
            told = (
                "This form was sent before, and made this one token. If you did not see it, revoke it and make another."
            )
            self.message_user(request, told, "WARNING")
            return HttpResponseRedirect(request._made_before)
        context = {
            **self.admin_site.each_context(request),
            "title": "The new token",
            "token": obj,
            "text": request._token_text,
        }
        response = TemplateResponse(request, "admin/token_made.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.action(description="Revoke")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """End the chosen tokens from the next request on."""
        for token in queryset:
            revoke_token(token=token, at=timezone.now())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing: the list of tokens tells."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show one's tokens to everyone who may log in here."""
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look at what `get_queryset` leaves them."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone make tokens that act as themselves."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse for one token; revoking, in the list, is the only change."""
        return obj is None and self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: a revoked token stays, so that one can tell what it was."""
        return False
