"""What was a row at one moment, as the ledger keeps it, and under which hash?

Public: `record_models`, `image_of`, `images_of`, `fit_image`, `values_of`, `canonical`, `encode`, `digest_image`,
`digest_spelled`, `digest_change`. An image holds the columns of a row that do not follow from others; links are told by
public id, so that it outlives what it points to.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from .models import Change, ChangeItem, Record

Image = dict[str, Any]


@cache
def record_models() -> dict[str, type[Record]]:
    """Return every model that the ledger keeps, by its kind."""
    return {model.record_kind(): model for model in apps.get_models() if issubclass(model, Record)}


@cache
def _columns_of(model: type[Record]) -> tuple[tuple[str, str], ...]:
    """Return (name in the image, lookup) for each column that an image holds; links are told by public id."""
    columns = []
    for column in model._meta.concrete_fields:
        if column.primary_key or column.name in model.DERIVED:
            continue
        target = column.related_model
        points_at_record = isinstance(target, type) and issubclass(target, Record)
        columns.append((column.name, f"{column.name}__uid" if points_at_record else column.attname))
    return tuple(columns)


def _plain(value: Any) -> Any:
    """Return the value as JSON has it, in one form on both engines."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def images_of(rows: models.QuerySet[Any]) -> Iterator[tuple[int, Image]]:
    """Yield (primary key, image) of each row of one model, read from the database as it is stored."""
    model: type[Record] = rows.model
    columns = _columns_of(model)
    names = [name for name, _ in columns]
    for key, *values in rows.values_list("pk", *(lookup for _, lookup in columns)).iterator(chunk_size=2000):
        yield key, {name: _plain(value) for name, value in zip(names, values, strict=True)}


def fit_image(model: type[Record], image: Image) -> Image:
    """Return an image in the columns that the model has now: one that came since has its default, one that went is out.

    What is recorded stays as it was recorded, in the columns of its day; whoever compares or restores it fits it first.
    """
    columns = _columns_of(model)
    if len(image) == len(columns) and all(name in image for name, _ in columns):
        return image
    return {
        name: image[name] if name in image else _plain(cast(Any, model._meta.get_field(name)).get_default())
        for name, _ in columns
    }


def values_of(model: type[Record], images: Sequence[Image]) -> list[dict[str, Any]]:
    """Return images as values for the model's columns; raises ValidationError where a link leads nowhere."""
    fitted = [fit_image(model, image) for image in images]
    found: list[dict[str, Any]] = [{} for _ in fitted]
    for name, lookup in _columns_of(model):
        column: Any = model._meta.get_field(name)
        if lookup != f"{name}__uid":
            for values, image in zip(found, fitted, strict=True):
                values[lookup] = column.to_python(image[name])
            continue
        wanted = {UUID(image[name]) for image in fitted if image[name]}
        targets = {row.uid: row for row in column.related_model._base_manager.filter(uid__in=wanted)}
        for values, image in zip(found, fitted, strict=True):
            values[name] = targets.get(UUID(image[name])) if image[name] else None
            if image[name] and values[name] is None:
                raise ValidationError({name: ValidationError("what it points to is not there any more", code="gone")})
    return found


def image_of(row: Record) -> Image:
    """Return what the database holds of this row, links as public ids, derived columns left out."""
    return next(image for _, image in images_of(type(row)._base_manager.filter(pk=row.pk)))


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no white space, every character as itself."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def encode(text: str) -> bytes:
    """Return the text as the bytes that are hashed; what is damaged, and holds half characters, has a hash as well."""
    return text.encode("utf-8", "surrogatepass")


def digest_image(salt: str, image: Image | None) -> str:
    """Return the salted SHA-256 of an image, empty for none."""
    return digest_spelled(salt, None if image is None else canonical(image))


def digest_spelled(salt: str, spelled: str | None) -> str:
    """Return the salted SHA-256 of an image that is spelled out already, empty for none."""
    return "" if spelled is None else hashlib.sha256(encode(salt + spelled)).hexdigest()


def digest_change(change: Change, items: Iterable[ChangeItem]) -> str:
    """Return the SHA-256 that binds an entry to its items and to the entry before it."""
    content = {
        "sequence": change.sequence,
        "case": _plain(change.case_uid),
        "act": change.act,
        "actor": change.actor_id,
        "request": change.request,
        "at": _plain(change.at),
        "undoes": change.undoes,
        "previous": change.previous,
        "items": [[item.kind, str(item.uid), item.before_digest, item.after_digest] for item in items],
    }
    return hashlib.sha256(encode(canonical(content))).hexdigest()
