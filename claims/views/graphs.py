"""The graph of a case, or around one claim, drawn. It is read from the API by the page itself."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from sources.admin.switching import ask_for_case

from ..templatetags.places import page_place
from .page import case_of_page, enter_case, find_claim, read_uid, show_page

_NODES = 600  # of one answer; with words and documents folded away, some 200 of them are drawn
_KINDS = (
    ("claim", "claims", True),
    ("question", "questions", True),
    ("party", "parties", True),
    ("document", "documents", True),
    ("statement", "statements as nodes", False),
    ("excerpt", "quotations", False),
)
_UID = "00000000-0000-0000-0000-000000000000"  # stands for any in an address that the page fills in


def show_graph(request: HttpRequest) -> HttpResponse:
    """Show the page; `?claim=` is drawn with what lies around it, else the whole case is.

    The address of one that was merged leads to what it became.
    """
    claim = None
    if "claim" in request.GET:
        claim = find_claim(request, read_uid(request.GET["claim"]))
        if claim.merged_into is not None:
            following = page_place("graph", claim=claim.merged_into.uid, chosen=request.GET.get("chosen"))
            return HttpResponsePermanentRedirect(following)
        enter_case(request, claim.case)
    case = claim.case if claim else case_of_page(request)
    if case is None:
        return ask_for_case(request)
    around = reverse("claims-graph", args=[_UID])
    address = reverse("claims-graph", args=[claim.uid]) if claim else reverse("cases-graph", args=[case.uid])
    return show_page(
        request,
        "accounts/graph.html",
        "Graph",
        case=case,
        claim=claim,
        page="graph",
        kinds=_KINDS,
        chosen=request.GET.get("chosen", ""),
        file_name=f"graph-{claim.uid if claim else case.slug or case.uid}",
        graph_address=f"{address}?limit={_NODES}",
        around_address=f"{around}?depth=1&limit={_NODES}".replace(_UID, "UID"),
        place_address=reverse("admin:place", args=["claim", _UID]).replace(f"claim/{_UID}", "KIND/UID"),
    )
