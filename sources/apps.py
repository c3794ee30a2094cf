from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """Who speaks, where it is written, and the ledger of all that was done."""

    name = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let queries ask for many keys at once."""
        from . import lookups  # noqa: F401  registers itself
