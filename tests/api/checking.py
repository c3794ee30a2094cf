"""Is a value of JSON of this shape? A reading of the TypedDicts of the API that knows nothing of its OpenAPI."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints, is_typeddict
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Choices

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def is_uuid(text: str) -> bool:
    """Tell whether it is a UUID in its one spelling."""
    return _UUID.fullmatch(text) is not None and str(UUID(text)) == text


def is_address(text: str) -> bool:
    """Tell whether it is an absolute address (RFC 3986: a URI has a scheme; ours have a host too)."""
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in text


def is_moment(text: str) -> bool:
    """Tell whether it is a time of RFC 3339 in UTC."""
    return _MOMENT.fullmatch(text) is not None and datetime.fromisoformat(text).utcoffset() is not None


def is_day(text: str) -> bool:
    """Tell whether it is a day of RFC 3339."""
    return _DAY.fullmatch(text) is not None and str(date.fromisoformat(text)) == text


FORMATS: dict[str, Callable[[str], bool]] = {
    "uuid": is_uuid,
    "uri": is_address,
    "date-time": is_moment,
    "date": is_day,
}
_PLAIN: dict[Any, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    NoneType: (NoneType,),
}


def find_mismatches(value: Any, shape: Any, place: str = "") -> Iterator[str]:
    """Yield what is wrong with a value, and where, measured by an annotation."""
    origin, arguments = get_origin(shape), get_args(shape)
    if shape is Any:
        return
    if is_typeddict(shape):
        yield from _of_dict(value, shape, place)
    elif origin is Annotated:
        broken = list(find_mismatches(value, arguments[0], place))
        yield from broken
        if not broken and not _fits(value, arguments[1]):
            yield f"{place}: {value!r} is not {arguments[1]}"
    elif origin is list:
        if not isinstance(value, list):
            yield f"{place}: {value!r} is no list"
            return
        for index, inner in enumerate(value):
            yield from find_mismatches(inner, arguments[0], f"{place}/{index}")
    elif origin is dict:
        if not isinstance(value, dict):
            yield f"{place}: {value!r} is no object"
            return
        for name, inner in value.items():
            yield from find_mismatches(inner, arguments[1], f"{place}/{name}")
    elif origin in (Union, UnionType):
        if all(any(find_mismatches(value, option, place)) for option in arguments):
            yield f"{place}: {value!r} is none of {arguments}"
    elif not isinstance(value, _PLAIN[shape]) or (isinstance(value, bool) and shape is not bool):
        yield f"{place}: {value!r} is no {shape.__name__}"


def _of_dict(value: Any, shape: type, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: {value!r} is no {shape.__name__}"
        return
    hints = get_type_hints(shape, include_extras=True)
    required: frozenset[str] = getattr(shape, "__required_keys__", frozenset())
    yield from (f"{place}/{name}: missing" for name in sorted(required - value.keys()))
    yield from (f"{place}/{name}: not in {shape.__name__}" for name in sorted(value.keys() - hints.keys()))
    for name in hints.keys() & value.keys():
        yield from find_mismatches(value[name], hints[name], f"{place}/{name}")


def _fits(value: str, what: Any) -> bool:
    if isinstance(what, str):
        return FORMATS[what](value)
    values = what.values if isinstance(what, type) and issubclass(what, Choices) else what
    return value in values
