"""OpenAPI from the shapes that the code is checked against, and from the filters that it applies."""

from collections.abc import Iterable
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from django.db.models import Choices
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from .keyset import DEFAULT_LIMIT, MAX_LIMIT
from .shapes import Problem

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


class ResourceSchema(AutoSchema):
    """Reads from a resource its shape, its bodies and its filters."""

    def get_tags(self) -> list[str]:
        """Return the collection as the only tag."""
        return [getattr(self.view, "collection", super().get_tags()[0])]

    def get_response_serializers(self) -> Any:
        """Return the schema of each answer, problems included."""
        answers = getattr(self.view, "answers", None)
        if answers is None:
            return super().get_response_serializers()
        found = dict(answers(getattr(self.view, "action", self.method.lower())))
        problem = refer_to(Problem)
        codes = ["400", "401", "403", "404"] + (["409", "413", "415"] if self.method == "POST" else [])
        found |= {(code, "application/problem+json"): problem for code in codes}
        return found

    def get_request_serializer(self) -> Any:
        """Return what the resource takes."""
        bodies = getattr(self.view, "bodies", {})  # of the actions that take another than a new row's
        body = bodies.get(getattr(self.view, "action", None), getattr(self.view, "body", None))
        return body if body is not None and self.method == "POST" else None

    def get_override_parameters(self) -> list[Any]:
        """Return the query parameters of lists, read off the filters."""
        view: Any = self.view
        return list(view.describe_parameters(view.action)) if hasattr(view, "describe_parameters") else []

    def get_filter_backends(self) -> list[Any]:
        """Return none: the resources filter by themselves."""
        return []


PAGE = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        description="Rows of one page.",
    ),
    OpenApiParameter("cursor", str, description="From `next` or `previous`; not to be made up."),
]


def moment(value: datetime | None) -> str | None:
    """Return the time as RFC 3339 in UTC."""
    return value.isoformat().replace("+00:00", "Z") if value else None
