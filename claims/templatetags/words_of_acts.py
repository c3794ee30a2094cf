"""What was done, in words, for templates."""

from typing import Any

from django import template

from sources.choices import tell_act

register = template.Library()


@register.filter
def in_words(change: Any) -> str:
    """Return what an entry of the ledger tells, to follow the name of whoever did it."""
    return tell_act(change.act) + (f" {change.undoes}" if change.undoes else "")
