"""OpenAPI from the shapes that the code is checked against, and from the bodies and filters that it applies."""

from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from django.db.models import Choices
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from ..strict_json import moment as moment  # as every answer writes a time
from .bodies import Strict, VisibleOrNew
from .keyset import DEFAULT_LIMIT, MAX_LIMIT
from .shapes import Moved, Problem

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
}
_shapes: dict[str, type] = {}


def refer_to(shape: type) -> Schema:
    """Return the reference to a TypedDict's component, and remember that the component is needed."""
    name = shape.__name__.removesuffix("Shape")
    _shapes[name] = shape
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(shape: type) -> Schema:
    """Return the schema of one page of a list."""
    address: Schema = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "required": ["next", "previous", "results"],
        "properties": {
            "next": address,
            "previous": address,
            "results": {"type": "array", "items": refer_to(shape)},
        },
    }


def results_of(shape: type) -> Schema:
    """Return the schema of the rows that a list of bodies made."""
    return {
        "type": "object",
        "required": ["results"],
        "properties": {"results": {"type": "array", "items": refer_to(shape)}},
    }


def filter_parameter(name: str, found: Any) -> OpenApiParameter:
    """Return how OpenAPI shows one filter."""
    pairs = found.extra.get("choices", [])
    choices = [value for value, _ in (pairs() if callable(pairs) else pairs)]
    kinds: dict[str, Schema] = {
        "UUIDFilter": {"type": "string", "format": "uuid"},
        "NumberFilter": {"type": "integer", "minimum": 0},
        "WholeNumberFilter": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    }
    schema = kinds.get(type(found).__name__, {"type": "string"}) | ({"enum": choices} if choices else {})
    label = found.extra.get("label") or found.label or f"Rows with this {name.replace('_', ' ')}."
    return OpenApiParameter(name, schema, description=str(label))


def describe(hint: Any) -> Schema:
    """Return the JSON Schema of one annotation."""
    if is_typeddict(hint):
        return refer_to(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        what = arguments[1]
        if isinstance(what, str):
            return describe(arguments[0]) | {"format": what}
        values = what.values if isinstance(what, type) and issubclass(what, Choices) else list(what)
        return describe(arguments[0]) | {"enum": values}
    if origin is list:
        return {"type": "array", "items": describe(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": describe(arguments[1])}
    if origin in (Union, UnionType):
        options = [describe(argument) for argument in arguments]
        simple = [option for option in options if set(option) <= {"type", "format"}]
        if len(simple) == len(options) == 2:  # a plain value or null
            return {**options[0], "type": [option["type"] for option in options]}
        return {"anyOf": options}
    return dict(_PLAIN[hint])


def describe_shape(shape: type) -> Schema:
    """Return the JSON Schema of a TypedDict."""
    hints = get_type_hints(shape, include_extras=True)
    required: Iterable[str] = getattr(shape, "__required_keys__", ())
    schema: Schema = {"type": "object", "properties": {name: describe(hint) for name, hint in hints.items()}}
    if required:
        schema["required"] = sorted(required)
    if shape.__doc__ and not shape.__doc__.startswith("dict("):
        schema["description"] = shape.__doc__
    return schema


def add_shapes(result: Schema, **_: Any) -> Schema:
    """Add the components of every shape that was referred to, and of those that these refer to."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    refer_to(Problem)
    while waiting := [name for name in _shapes if name not in schemas]:
        for name in waiting:
            schemas[name] = describe_shape(_shapes[name])
    return result


class ByToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """How OpenAPI tells of our tokens."""

    target_class = "sources.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        """Return the scheme."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Authorization: Token ct_…`, from `manage.py create_token` or the admin.",
        }


class ById(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # registers itself
    """How OpenAPI tells of links: by their ids; where a new row may be sent, by its body as well."""

    target_class = "sources.api.bodies.VisibleField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Schema:
        """Return the schema of one link."""
        by_id: Schema = {"type": "string", "format": "uuid"}
        if not isinstance(self.target, VisibleOrNew):
            return by_id
        return {"anyOf": [by_id, auto_schema.resolve_serializer(self.target.new, "request").ref]}


PROBLEM = "application/problem+json"
_MADE = ["409", "413", "415", "422"]  # further refusals of a request that makes something
_CHANGED = ["409", "412", "413", "415", "428"]  # and of one that changes something
_REFUSALS = {"POST": _MADE, "PUT": _CHANGED, "PATCH": _CHANGED, "DELETE": ["409", "412", "428"]}

_IF_MATCH = ("If-Match", True, "The ETag that was read; 412 where it has changed since.")
_CONDITIONS = {  # (name, whether it must be there, what it does) of the header that belongs to a method
    "GET": ("If-None-Match", False, "ETags that are held already; 304 where one of them is the current one."),
    "POST": ("Idempotency-Key", False, "A name for this request: sent again under it, it is answered and not redone."),
    "PUT": _IF_MATCH,
    "PATCH": _IF_MATCH,
    "DELETE": _IF_MATCH,
}


class ResourceSchema(AutoSchema):
    """Reads from a resource its shape, its bodies and its filters."""

    view: Any

    def get_operation_id(self) -> str:
        """Return the collection and what is done."""
        return f"{self.view.collection}_{self.view.action}".replace("-", "_")

    def get_tags(self) -> list[str]:
        """Return the collection as the only tag."""
        return [self.view.collection]

    def get_response_serializers(self) -> Any:
        """Return the schema of each answer, problems included."""
        found = dict(self.view.answers(self.view.action))
        if self.method == "GET":
            found["304"] = None
        if self.view.detail and hasattr(getattr(self.view, "model", None), "merged_into"):
            found["301"] = refer_to(Moved)
        stale = ("412", "428") if self.view.action in self.view.conditional else ()
        for code in ("400", "401", "403", "404", "406", *_REFUSALS.get(self.method, ()), *stale, "503"):
            found[code, PROBLEM] = refer_to(Problem)
        return found

    def get_request_serializer(self) -> Any:
        """Return what the resource takes."""
        return self.view.body_of(self.view.action)

    def get_override_parameters(self) -> list[Any]:
        """Return the query parameters, read off the filters, and the headers that conditions are set by."""
        headers = [_CONDITIONS[self.method]] + [_IF_MATCH] * (self.view.action in self.view.conditional)
        return [
            *self.view.describe_parameters(self.view.action),
            *(
                OpenApiParameter(name, str, OpenApiParameter.HEADER, required=is_required, description=told)
                for name, is_required, told in headers
            ),
        ]

    def get_filter_backends(self) -> list[Any]:
        """Return none: the resources filter by themselves."""
        return []

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Return False: the schema of a page is whole as it is, and is no row of a list."""
        return False

    def _get_request_for_media_type(self, serializer: Any, direction: str = "request") -> tuple[Any, bool]:
        """Return (schema of the body, True): no body may be left out, and many rows may be made of a list of them."""
        schema, _ = super()._get_request_for_media_type(serializer, direction)  # type: ignore[no-untyped-call]
        if self.view.action == "create" and self.view.takes_many:
            schema = {
                "oneOf": [schema, {"type": "array", "items": schema, "minItems": 1, "maxItems": self.view.max_rows}]
            }
        return schema, True

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Schema:
        """Return the schema of a body, which has no other fields than these."""
        schema: Schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if not isinstance(serializer, Strict):
            return schema
        if serializer.one_of:
            schema["oneOf"] = [{"required": [name]} for name in serializer.one_of]
        return schema | {"additionalProperties": False}


def paged(default: int = DEFAULT_LIMIT) -> list[OpenApiParameter]:
    """Return the parameters of a list in pages."""
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": default}
    cursor = "From `next` or `previous`; not to be made up."
    return [
        OpenApiParameter("limit", limit, description="Rows of one page."),
        OpenApiParameter("cursor", str, description=cursor),
    ]


PAGE = paged()
