"""Where does a thing stand among the pages? Addresses for templates, so that every page leads to the exact place."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag
def words_place(excerpt: Any) -> str:
    """Return where these words stand in the text from which they were cut, marked."""
    page = reverse("admin:annotate", args=[excerpt.document_id])
    return f"{page}?version={excerpt.version}#at-{excerpt.start}-{excerpt.end}"


@register.simple_tag
def place_of(kind: str, uid: object) -> str:
    """Return the stable address of a thing, by its public id."""
    return reverse("admin:place", args=[kind, uid])


@register.simple_tag
def dossier_place(uid: object) -> str:
    """Return the address of a claim's dossier."""
    return reverse("admin:dossier", args=[uid])


@register.simple_tag
def page_place(name: str, **parameters: Any) -> str:
    """Return the address of a page with parameters; those that say nothing are left out."""
    given = {key: value for key, value in parameters.items() if value not in (None, "")}
    address = reverse(f"admin:{name}")
    return f"{address}?{urlencode(given)}" if given else address
