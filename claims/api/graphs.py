"""The graph endpoints: around one claim, and of a whole case."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from sources.api.resources import Links
from sources.models import Case

from ..graph.building import graph_of_case, graph_of_claim
from ..graph.nodelink import write_node_link
from ..models import Claim, Statement

MAX_DEPTH, DEFAULT_DEPTH = 5, 2  # relations walked from the root
MAX_NODES, DEFAULT_NODES = 10_000, 2_000

DEPTH = OpenApiParameter(
    "depth",
    {"type": "integer", "minimum": 0, "maximum": MAX_DEPTH, "default": DEFAULT_DEPTH},
    description="How many relations from claim to claim, in both directions.",
)
GRAPH = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_NODES, "default": DEFAULT_NODES},
        description="Nodes at most; `graph.truncated` says whether that left something out.",
    ),
]


def answer_claim_graph(request: Request, claim: Claim, links: Links, statements: QuerySet[Statement]) -> Response:
    """Return the graph around a claim."""
    depth, limit = _read_number(request, "depth", DEFAULT_DEPTH, 0, MAX_DEPTH), _read_limit(request)
    graph = graph_of_claim(claim, depth=depth, limit=limit, statements=statements, address_of=links)
    return Response(write_node_link(graph))


def answer_case_graph(request: Request, case: Case, links: Links, statements: QuerySet[Statement]) -> Response:
    """Return the graph of a case."""
    graph = graph_of_case(case, limit=_read_limit(request), statements=statements, address_of=links)
    return Response(write_node_link(graph))


def _read_limit(request: Request) -> int:
    return _read_number(request, "limit", DEFAULT_NODES, 1, MAX_NODES)


def _read_number(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high):
        raise ValidationError({name: [f"a whole number from {low} to {high}"]}, code="invalid")
    return int(text)
