"""Which statements does a list hold: those that stand, those that do not, or all?"""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ..models import Statement

LIVE_VALUES = ("true", "false", "all")
LIVE = OpenApiParameter(
    "live",
    {"type": "string", "enum": list(LIVE_VALUES), "default": "true"},
    description="Live statements; those rejected, withdrawn or superseded; or all.",
)


def keep_live(request: Request, statements: QuerySet[Statement]) -> QuerySet[Statement]:
    """Return the statements that the parameter `live` selects; raises ValidationError for another value."""
    value = request.query_params.get("live", "true")
    if value not in LIVE_VALUES:
        raise ValidationError({"live": [f"one of {', '.join(LIVE_VALUES)}"]}, code="invalid")
    return statements if value == "all" else statements.filter(is_live=value == "true")


def statements_live(request: Request) -> QuerySet[Statement]:
    """Return all visible statements that the parameter `live` selects."""
    return keep_live(request, Statement.objects.visible_to(request.user))
