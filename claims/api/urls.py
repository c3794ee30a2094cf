"""The collections of the API, each under its own name."""

from collections.abc import Mapping
from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.routers import APIRootView, DefaultRouter

from sources.api.arrivals import OriginalFile
from sources.api.documents import Documents
from sources.api.parties import Parties
from sources.api.resources import check_parameters
from sources.api.urls import COLLECTIONS as SOURCES

from .annotating import CasesWithSuggestions, DocumentsInWork
from .changes import Changes
from .claims import Claims, Questions
from .concluding import Conclusions, IndependenceJudgements
from .merging import PartiesThatMerge
from .ratings import PartyRatings, StatementRatings
from .relations import Relations
from .statements import Statements, Utterances


class Root(APIRootView):
    """The address of every collection."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, then what is asked."""
        super().initial(request, *args, **kwargs)
        check_parameters(request, set())


class Router(DefaultRouter):
    """Addresses without suffixes such as `.json`: the API speaks JSON alone."""

    include_format_suffixes = False
    APIRootView = Root

    def get_method_map(self, viewset: Any, method_map: Mapping[str, str]) -> dict[str, str]:
        """Return the methods that an address takes, and what each of them does."""
        found = super().get_method_map(viewset, method_map)
        return {method: done for method, done in found.items() if method in viewset.http_method_names}


# Collections of `sources` to which `claims` adds what it knows of them.
_FURTHER: dict[Any, Any] = {Documents: DocumentsInWork, Parties: PartiesThatMerge}

router = Router(use_regex_path=False)
for resource in (
    CasesWithSuggestions,
    *(_FURTHER.get(resource, resource) for resource in SOURCES),
    Questions,
    Claims,
    Utterances,
    Statements,
    Relations,
    PartyRatings,
    StatementRatings,
    Conclusions,
    IndependenceJudgements,
    Changes,
):
    router.register(resource.collection, resource, basename=resource.collection)
urlpatterns = [*router.urls, path("originals/<uuid:id>/", OriginalFile.as_view(), name="original-file")]
