"""What every resource does alike: who sees it, lists in pages, details with their ETag, and one domain call to create.

A resource names its collection, shape, filters and body, and says how rows are presented and written.
"""

import hashlib
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status, viewsets
from rest_framework.exceptions import MethodNotAllowed, NotFound, ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ..models import Record
from ..refusals import RowsRefused
from ..requests import author_of
from ..snapshot import snapshot
from ..text import find_unstorable
from .bodies import Strict
from .filters import ResourceFilter
from .keyset import page_by_uid
from .schema import PAGE, page_of, refer_to

Rows = list[Any]
Parameters = list[OpenApiParameter]


class Links:
    """Absolute addresses of the API's resources, for one request."""

    def __init__(self, request: Request) -> None:
        self._base = request.build_absolute_uri(reverse("api-root"))

    def __call__(self, collection: str, uid: object, *further: object) -> str:
        """Return the address of a resource, or of something below it."""
        return f"{self._base}{'/'.join(str(part) for part in (collection, uid, *further))}/"


class Answer(viewsets.ViewSet):
    """A view that knows its query parameters, refuses all others, and answers GET with an ETag."""

    collection: ClassVar[str]
    parameters: ClassVar[dict[str, Parameters]] = {}  # by action

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, then what is asked."""
        super().initial(request, *args, **kwargs)
        check_parameters(request, {parameter.name for parameter in self.describe_parameters(self.action)})

    def describe_parameters(self, action: str | None) -> Parameters:
        """Return the query parameters of an action."""
        return self.parameters.get(action or "", [])

    @property
    def links(self) -> Links:
        """Addresses for this request."""
        return Links(self.request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Give an answer to GET its ETag, and answer 304 where the client has it already."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD") and response.status_code == status.HTTP_200_OK:
            response.add_post_render_callback(lambda rendered: answer_conditionally(request, rendered))
        return response


class Resource(Answer):
    """A collection of rows of one model."""

    model: ClassVar[type[Record]]
    shape: ClassVar[type]
    filters: ClassVar[type[ResourceFilter]] = ResourceFilter
    body: ClassVar[type[Strict] | None] = None
    lookup_field = "id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    # --- what a resource says of itself ---

    def rows(self) -> QuerySet[Any]:
        """Return the rows that this user may see, with what presenting them needs."""
        visible: QuerySet[Any] = self.model.objects.visible_to(self.request.user)  # type: ignore[attr-defined]
        return visible

    def listed(self) -> QuerySet[Any]:
        """Return the rows that stand in lists; a detail is answered for others too."""
        return self.rows()

    def present(self, rows: Rows) -> Rows:
        """Return the rows in their public shape."""
        raise NotImplementedError

    def write(self, values: dict[str, Any]) -> Record:
        """Create a row of the validated values by one call of the domain."""
        raise NotImplementedError

    # --- actions ---

    def list(self, request: Request) -> Response:
        """Return one page of the rows."""
        with snapshot():
            page = page_by_uid(request, self.filtered(self.listed()))
            return Response(page.answer(self.present(page.rows)))

    def retrieve(self, request: Request, id: Any) -> Response:
        """Return one row; 301 where it was merged into another."""
        with snapshot():
            row = self.find(id)
            merged_into = getattr(row, "merged_into", None)
            if merged_into is not None:
                return moved_to(self.links(self.collection, merged_into.uid))
            return Response(self.present([row])[0])

    def create(self, request: Request) -> Response:
        """Create a row."""
        if self.body is None:
            raise MethodNotAllowed("POST")
        body = self.body(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        try:
            row = self.write(dict(body.validated_data))
        except RowsRefused as refused:
            raise refused.errors[0] from None  # there was but one
        with snapshot():
            presented = self.present([self.find(row.uid)])[0]
        response = Response(presented, status=status.HTTP_201_CREATED)
        response["Location"] = presented["url"]
        return response

    # --- parts ---

    @property
    def by(self) -> Any:
        """Who acts by this request."""
        return author_of(self.request)

    def find(self, uid: Any) -> Any:
        """Return the visible row with this id; NotFound where it is hidden or absent, in the same words."""
        row = self.rows().filter(uid=uid).first()
        if row is None:
            raise NotFound(f"there is no such {self.model._meta.verbose_name}")
        return row

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that the query parameters select."""
        selection = self.filters(self.request.query_params, queryset=rows, request=self.request)
        if not selection.is_valid():
            raise ValidationError(selection.errors)
        selected: QuerySet[Any] = selection.qs
        return selected

    def describe_parameters(self, action: str | None) -> Parameters:
        """Return the query parameters of an action; those of the list are its filters and its pages."""
        if action != "list":
            return super().describe_parameters(action)
        return PAGE + [filter_parameter(name, found) for name, found in self.filters.base_filters.items()]

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        if action == "list":
            return {"200": page_of(self.shape)}
        return {"201" if action == "create" else "200": refer_to(self.shape)}


def filter_parameter(name: str, filter: Any) -> OpenApiParameter:
    """Return how OpenAPI shows one filter."""
    choices = [value for value, _ in filter.extra.get("choices", [])]
    kind = {"UUIDFilter": {"type": "string", "format": "uuid"}, "BooleanFilter": {"type": "boolean"}}
    schema: dict[str, Any] = kind.get(type(filter).__name__, {"type": "string"})
    return OpenApiParameter(name, schema | ({"enum": choices} if choices else {}), description=filter.label)


def check_parameters(request: Request, known: set[str]) -> None:
    """Raise for a query string that is not UTF-8, and for parameters that are unknown, repeated or unstorable."""
    raw = request.META.get("QUERY_STRING", "")
    try:
        unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as broken:
        raise ParseError("the query string is not UTF-8") from broken
    errors: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            errors[name] = ["there is no such parameter here"]
        elif len(values) > 1:
            errors[name] = ["this parameter is given more than once"]
        elif reasons := [reason for _, reason in find_unstorable(values[0])]:
            errors[name] = reasons
    if errors:
        raise ValidationError(errors)


def moved_to(address: str) -> Response:
    """Return the answer of something that is now elsewhere."""
    response = Response({"url": address}, status=status.HTTP_301_MOVED_PERMANENTLY)
    response["Location"] = address
    return response


def answer_conditionally(request: Request, response: Any) -> HttpResponse | None:
    """Set the ETag of a rendered answer; return a 304 in its place where the client holds the same.

    The tag of a single resource is "revision-hash": the revision tells whether the row is what it was, the hash
    whether all that is shown with it is.
    """
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Authorization", "Cookie", "Accept"])
    if not response.streaming:
        data = getattr(response, "data", None)
        revision = f"{data['revision']}-" if isinstance(data, dict) and "revision" in data else ""
        etag = f'"{revision}{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        instead = get_conditional_response(request._request, etag=etag, response=response)
        return instead if instead is not response else None
    return None
