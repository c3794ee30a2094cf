"""The collections of the API, each under its own name."""

from django.urls import path
from rest_framework.routers import DefaultRouter

from sources.api.arrivals import OriginalFile
from sources.api.urls import COLLECTIONS as SOURCES

from .changes import Changes
from .claims import Claims, Questions
from .ratings import PartyRatings, StatementRatings
from .relations import CasesWithClaims, Relations
from .statements import Statements, Utterances


class Router(DefaultRouter):
    """Addresses without suffixes such as `.json`: the API speaks JSON alone."""

    include_format_suffixes = False


router = Router(use_regex_path=False)
for resource in (
    CasesWithClaims,
    *SOURCES,
    Questions,
    Claims,
    Utterances,
    Statements,
    Relations,
    PartyRatings,
    StatementRatings,
    Changes,
):
    router.register(resource.collection, resource, basename=resource.collection)
urlpatterns = [*router.urls, path("originals/<uuid:id>/", OriginalFile.as_view(), name="original-file")]
