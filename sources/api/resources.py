"""What every resource does alike: who sees it, lists in pages, details with their ETag, and one domain call to write.

A `Collection` names its model, shape and filters, and says how rows are presented; a `Resource` names bodies as well,
and says how rows are written. What it does not take at all it leaves out of `http_method_names`.
"""

from collections.abc import Callable, Container
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

from django.core.exceptions import ValidationError as DomainError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status, viewsets
from rest_framework.exceptions import NotFound, ParseError, ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from ..ledger import By
from ..models import Record
from ..refusals import RowsRefused, Stale
from ..requests import author_of
from ..revising import delete_row, revise_row
from ..snapshot import snapshot
from ..text import find_unstorable
from .bodies import Body, Strict, as_sent, read_many
from .conditions import etag_of, render, require_revision
from .filters import ResourceFilter
from .idempotency import idempotent
from .keyset import page_by
from .schema import PAGE, filter_parameter, page_of, refer_to, results_of

Rows = list[Any]
Parameters = list[OpenApiParameter]
Answers = dict[str, Any]  # schemas by status; None where nothing is answered


class Merged(Exception):
    """What the address names was merged: `into` stands for it now."""

    def __init__(self, row: Any, into: Any) -> None:
        super().__init__(f"{row.uid} was merged into {into.uid}")
        self.row, self.into = row, into


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
    conditional: ClassVar[frozenset[str]] = frozenset()  # POSTs that change a row, and so need its ETag

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, then what is asked."""
        super().initial(request, *args, **kwargs)
        known = self.describe_parameters(self.action)
        check_parameters(request, {p.name for p in known}, several={p.name for p in known if p.many})
        if self.action and request.method not in SAFE_METHODS and self.body_of(self.action) is None:
            Strict(data=request.data).is_valid(raise_exception=True)  # it takes no body: nothing, or an empty object

    def describe_parameters(self, action: str | None) -> Parameters:
        """Return the query parameters of an action."""
        return self.parameters.get(action or "", [])

    def body_of(self, action: str) -> type[Strict] | None:
        """Return what the body of an action may say; None where it has none."""
        return None

    @property
    def links(self) -> Links:
        """Addresses for this request."""
        return Links(self.request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Give an answer its ETag, and answer 304 where the client has it already."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code in (status.HTTP_200_OK, status.HTTP_201_CREATED):
            response.add_post_render_callback(lambda rendered: answer_conditionally(request, rendered))
        return response


class Collection(Answer):
    """Rows of one model that are listed in pages and answered one by one."""

    model: ClassVar[type[Any]]
    shape: ClassVar[type]
    filters: ClassVar[type[ResourceFilter]] = ResourceFilter
    key: ClassVar[str] = "uid"  # the column by which rows are ordered and found
    lookup_field = "id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    # --- what a collection says of itself ---

    def rows(self) -> QuerySet[Any]:
        """Return the rows that this user may see, with what presenting them needs."""
        visible: QuerySet[Any] = self.model.objects.visible_to(self.request.user)
        return visible

    def listed(self) -> QuerySet[Any]:
        """Return the rows that stand in lists; a detail is answered for others too."""
        return self.rows()

    def present(self, rows: Rows) -> Rows:
        """Return the rows in their public shape."""
        raise NotImplementedError

    # --- actions ---

    def list(self, request: Request) -> Response:
        """Return one page of the rows."""
        with snapshot():
            page = page_by(request, self.filtered(self.listed()), self.key)
            return Response(page.answer(self.present(page.rows)))

    def retrieve(self, request: Request, id: Any) -> Response:
        """Return one row."""
        with snapshot():
            return Response(self.present([self.find(id)])[0])

    # --- parts ---

    def find(self, key: Any) -> Any:
        """Return the visible row with this id; NotFound where it is hidden or absent, in the same words.

        Raises Merged where it stands no more, whatever was asked of it: to be read, in any way, or to be written.
        """
        row = next(iter(self.rows().filter(**{self.key: key})), None)  # a key is one row's: nothing is to be ordered
        if row is None:
            raise NotFound(f"there is no such {self.model._meta.verbose_name}")
        if (into := getattr(row, "merged_into", None)) is not None:
            raise Merged(row, into)
        return row

    def handle_exception(self, exc: Exception) -> Response:
        """Answer what was asked of a merged row by where the row is now that stands for it."""
        return self._moved(exc) if isinstance(exc, Merged) else super().handle_exception(exc)

    def _moved(self, merged: Merged) -> Response:
        """Return the answer that tells the same place of the row that is there now, and leads there who only reads.

        A client that follows by itself would carry its change, and the revision of one row, over to the other.
        """
        named = {name: merged.into.uid if part == merged.row.uid else part for name, part in self.kwargs.items()}
        route: Any = self.request.resolver_match
        address = reverse(route.view_name, kwargs=named)
        query = self.request.META.get("QUERY_STRING", "")
        address = self.request.build_absolute_uri(f"{address}?{query}" if query else address)
        response = Response({"url": address}, status=status.HTTP_301_MOVED_PERMANENTLY)
        if self.request.method in SAFE_METHODS:
            response["Location"] = address
        return response

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that the query parameters select."""
        given = self.request.query_params
        if empty := [name for name in self.filters.base_filters if name != "q" and given.get(name) == ""]:
            raise ValidationError({name: ["this selects nothing; leave it out to select all"] for name in empty})
        selection = self.filters(given, queryset=rows, request=self.request)
        if not selection.is_valid():
            raise ValidationError(selection.errors)
        selected: QuerySet[Any] = selection.qs
        return selected

    def describe_parameters(self, action: str | None) -> Parameters:
        """Return the query parameters of an action; those of the list are its filters and its pages."""
        if action != "list":
            return super().describe_parameters(action)
        return PAGE + [filter_parameter(name, found) for name, found in self.filters.base_filters.items()]

    def answers(self, action: str) -> Answers:
        """Return the schema of the answer to an action, by status."""
        if action == "list":
            return {"200": page_of(self.shape)}
        return {"200": refer_to(self.shape)}


class Resource(Collection):
    """A collection whose rows are made, and often changed and deleted, by programs."""

    model: ClassVar[type[Record]]
    body: ClassVar[type[Strict]]  # of a new row
    change_body: ClassVar[type[Strict] | None] = None  # of a change, where it differs from that of a new row
    bodies: ClassVar[dict[str, type[Strict]]] = {}  # of what else is done to a row, by action
    takes_many: ClassVar[bool] = True  # whether a list of bodies makes many rows
    max_rows: ClassVar[int] = 1000  # of one such list
    fixed: ClassVar[frozenset[str]] = frozenset({"case"})  # fields of the body that make a row what it is

    # --- what a resource says of itself ---

    def write(self, values: Rows) -> Rows:
        """Create a row of each of the validated values, by one call of the domain."""
        raise NotImplementedError

    def rewrite(self, row: Any, values: dict[str, Any]) -> None:
        """Change a row by one call of the domain."""
        revise_row(by=self.by, row=row, values=values)

    def remove(self, row: Any) -> None:
        """Delete a row by one call of the domain."""
        delete_row(by=self.by, row=row)

    # --- actions ---

    @idempotent
    def create(self, request: Request) -> Response:
        """Create a row; or, of a list of bodies, up to a thousand rows of one case, all or none."""
        if isinstance(request.data, list) and self.takes_many:
            return self._create_many(request.data)
        values = self.read(self.body(data=request.data, context=self.context))
        try:
            row = self.write([values])[0]
        except RowsRefused as refused:
            raise refused.errors[0] from None  # there was but one
        return self._answer_made(row)

    def update(self, request: Request, id: Any) -> Response:
        """Put a whole row in the place of this one: what the body does not say takes its default."""
        return self._change(request, id, partial=False)

    def partial_update(self, request: Request, id: Any) -> Response:
        """Change the fields that the body names."""
        return self._change(request, id, partial=True)

    def destroy(self, request: Request, id: Any) -> Response:
        """Delete the row; 409 with what stands in the way."""
        row = self.find(id)
        require_revision(request, row)
        self.remove(row)
        return Response(status=status.HTTP_204_NO_CONTENT)

    # --- parts ---

    @property
    def by(self) -> By:
        """Who acts by this request."""
        return author_of(self.request)

    @property
    def context(self) -> dict[str, Any]:
        """What bodies need to know of the request."""
        return {"request": self.request}

    def read(self, body: Strict) -> dict[str, Any]:
        """Return the validated values of a body."""
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def changed(self, row: Any, write: Callable[[], object]) -> Response:
        """Run the write, and return the row as it is then."""
        try:
            write()
        except RowsRefused as refused:
            raise refused.errors[0] from None
        with snapshot():
            return Response(self.present([self.find(row.uid)])[0])

    def handle_exception(self, exc: Exception) -> Response:
        """Tell faults by the names that were sent, and a stale caller which ETag the row has now."""
        if isinstance(exc, DomainError):
            exc = as_sent(self.body(context=self.context), exc)
        elif isinstance(exc, RowsRefused):
            body = self.body(context=self.context)
            exc = RowsRefused({index: as_sent(body, refused) for index, refused in exc.errors.items()})
        response = super().handle_exception(exc)
        if isinstance(exc, Stale) and "id" in self.kwargs:
            with snapshot():
                row = self.rows().filter(uid=self.kwargs["id"]).first()
                presented = self.present([row])[0] if row is not None else None
            if presented is not None:
                response["ETag"] = etag_of(render(presented), presented)
        return response

    def body_of(self, action: str) -> type[Strict] | None:
        """Return what the body of an action may say; None where it has none."""
        if action in ("update", "partial_update"):
            return self.change_body or self.body
        return self.body if action == "create" else self.bodies.get(action)

    def answers(self, action: str) -> Answers:
        """Return the schema of the answer to an action, by status."""
        if action == "destroy":
            return {"204": None}
        if action != "create":
            return super().answers(action)
        one = refer_to(self.shape)
        return {"201": {"oneOf": [one, results_of(self.shape)]} if self.takes_many else one}

    def _create_many(self, given: Rows) -> Response:
        if not 1 <= len(given) <= self.max_rows:
            raise ValidationError({"non_field_errors": [f"a list of 1 to {self.max_rows} bodies"]}, code="invalid")
        rows = self.write(read_many(self.body, given, self.context))
        with snapshot():
            found = {row.pk: row for row in self.rows().filter(pk__in=[row.pk for row in rows])}
            presented = self.present([found[row.pk] for row in rows])
        return made(Response({"results": presented}, status=status.HTTP_201_CREATED), rows[0])

    def _answer_made(self, row: Any) -> Response:
        with snapshot():
            presented = self.present([self.find(row.uid)])[0]
        response = Response(presented, status=status.HTTP_201_CREATED)
        response["Location"] = presented["url"]
        return made(response, row)

    def _change(self, request: Request, id: Any, partial: bool) -> Response:
        row = self.find(id)
        require_revision(request, row)
        change_body = self.change_body or self.body
        body = change_body(data=request.data, partial=partial, context={**self.context, "row": row})
        values = self.read(body)
        for name in self.fixed:
            if name in values and values.pop(name) != getattr(row, name):
                raise DomainError({name: DomainError("this makes it what it is, and stays", code="fixed")})
        if not partial and isinstance(body, Body):
            defaults = {name: value for name, value in body.defaults().items() if name not in self.fixed}
            values = defaults | values
        return self.changed(row, lambda: self.rewrite(row, values))


def check_parameters(request: Request, known: set[str], several: Container[str] = ()) -> None:
    """Raise for a query string that is not UTF-8, and for parameters that are unknown, repeated or unstorable.

    Those in `several` may be given more than once.
    """
    raw = request.META.get("QUERY_STRING", "")
    try:
        unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as broken:
        raise ParseError("the query string is not UTF-8") from broken
    errors: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            errors[name] = ["there is no such parameter here"]
        elif len(values) > 1 and name not in several:
            errors[name] = ["this parameter is given more than once"]
        elif reasons := [reason for value in values for _, reason in find_unstorable(value)]:
            errors[name] = reasons
    if errors:
        raise ValidationError(errors)


def case_of_all(values: Rows) -> Any:
    """Return the one case of all rows of a request, taking it out of their values; raises where they are of several."""
    cases = [row.pop("case", None) for row in values]
    errors = {
        str(index): {"case": ["the rows of one request are of one case"]}
        for index, case in enumerate(cases)
        if case != cases[0]
    }
    if errors:
        raise ValidationError(errors)
    return cases[0]


def made(response: Response, row: Record | None) -> Response:
    """Note on an answer what it is about, for whoever keeps the answer; None is the shared register."""
    response.made = row  # type: ignore[attr-defined]
    return response


def answer_conditionally(request: Request, response: Any) -> HttpResponse | None:
    """Set the ETag of a rendered answer; return a 304 in the place of a GET's where the client holds the same."""
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Authorization", "Cookie", "Accept"])
    etag = etag_of(response.content, getattr(response, "data", None))
    response["ETag"] = etag
    if request.method not in ("GET", "HEAD"):
        return None
    instead = get_conditional_response(request._request, etag=etag, response=response)
    return instead if instead is not response else None
