from django.apps import AppConfig
from django.contrib.admin import apps as admin


class SourcesConfig(AppConfig):
    """Who speaks, where it is written, and the ledger of all that was done."""

    name = "sources"
    default = True
    default_auto_field = "django.db.models.BigAutoField"


class ClaimsAdminConfig(admin.AdminConfig):
    """The admin, on a site of our own."""

    default = False
    default_site = "sources.site.ClaimsAdminSite"
