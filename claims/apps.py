from django.apps import AppConfig
from django.contrib.admin import apps as admin


class ClaimsConfig(AppConfig):
    """What is said, by whom, through whom, in which words, and against what."""

    name = "claims"
    default = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the database rules in step with the tables."""
        from . import triggers

        triggers.connect(self)


class ClaimsAdminConfig(admin.AdminConfig):
    """The admin, on a site of our own."""

    default = False
    default_site = "claims.site.ClaimsAdminSite"
