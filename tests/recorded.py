"""What the ledger says, for tests that ask it. Public: `newest`, `damages`, `chain_anew`."""

from claims.verifying import verify_everything
from sources.images import digest_change
from sources.models import Change
from tests.raw_sql import update_row


def newest() -> Change:
    """Return the newest entry."""
    return Change.objects.order_by("-sequence")[0]


def damages() -> list[str]:
    """Return what `verify_evidence` finds."""
    return [str(damage) for _, found in verify_everything() for damage in found]


def chain_anew(first: int = 1) -> None:
    """Bind the entries from this one on to their items and to one another anew, where the rules are suspended."""
    previous = "" if first == 1 else Change.objects.get(sequence=first - 1).digest
    for entry in Change.objects.filter(sequence__gte=first).order_by("sequence"):
        entry.previous = previous
        previous = digest_change(entry, entry.items.order_by("pk"))
        update_row(entry, {"previous": entry.previous, "digest": previous})
