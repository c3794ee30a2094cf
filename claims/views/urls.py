"""Where the pages stand in the admin site."""

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from .annotate import annotate_view
from .compare import show_comparison
from .dossier import judge_independence_view, show_dossier, sign_conclusion_view
from .graphs import show_graph
from .judging import judge_pair, judge_relation
from .merging import show_merger
from .places import go_to_place
from .review import show_review
from .timeline import show_timeline


def pages(site: AdminSite) -> list[URLPattern]:
    """Return the addresses of the pages, each for those alone who may log in here."""
    views = (
        path("annotate/<int:pk>/", annotate_view, name="annotate"),
        path("compare/", show_comparison, name="compare"),
        path("dossier/<uuid:uid>/", show_dossier, name="dossier"),
        path("dossier/<uuid:uid>/conclusion/", require_POST(sign_conclusion_view), name="dossier-conclusion"),
        path("dossier/<uuid:uid>/independence/", require_POST(judge_independence_view), name="dossier-independence"),
        path("timeline/", show_timeline, name="timeline"),
        path("review/", show_review, name="review"),
        path("judge/", judge_pair, name="judge-pair"),
        path("judge/<uuid:uid>/", judge_relation, name="judge"),
        path("merge/<str:kind>/<uuid:uid>/", show_merger, name="merge"),
        path("graph/", show_graph, name="graph"),
        path("at/<str:kind>/<uuid:uid>/", go_to_place, name="place"),
    )
    for pattern in views:
        pattern.callback = site.admin_view(pattern.callback)
    return list(views)
