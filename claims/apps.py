from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """What is said, by whom, through whom, in which words, and against what."""

    name = "claims"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the database rules in step with the tables."""
        from . import triggers

        triggers.connect(self)
