"""Where the pages stand in the admin site."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from .graphs import show_graph
from .places import go_to_place


def pages(site: AdminSite) -> list[URLPattern]:
    """Return the addresses of the pages, each for those alone who may log in here."""
    views = (
        path("graph/", show_graph, name="graph"),
        path("at/<str:kind>/<uuid:uid>/", go_to_place, name="place"),
    )
    for pattern in views:
        pattern.callback = site.admin_view(pattern.callback)
    return list(views)
