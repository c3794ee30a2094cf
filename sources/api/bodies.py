"""What a request may say: strict serializers that read and never save."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError as DomainError
from django.db import models
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

_Found = dict[type[models.Model], dict[UUID, Any]]


class VisibleField(serializers.RelatedField[Any, Any, Any]):
    """The id of a row that the user may see; a hidden row and an absent one are refused in the same words."""

    default_error_messages = {
        "does_not_exist": "there is no such {kind}",
        "invalid": "the id of a {kind} is a UUID",
    }
    uuid_field = serializers.UUIDField()

    @property
    def model(self) -> type[models.Model]:
        """The model of the rows that may be named."""
        rows: Any = self.get_queryset()
        model: type[models.Model] = rows.model
        return model

    def visible(self) -> models.QuerySet[Any]:
        """Return the rows that the user of this request may see."""
        rows: Any = self.get_queryset()
        visible: models.QuerySet[Any] = rows.visible_to(self.context["request"].user)
        has_case = any(column.name == "case" for column in self.model._meta.concrete_fields)
        return visible.select_related("case") if has_case else visible

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the row; nothing but null stands for none, least of all an empty string."""
        if data == "":
            self.fail("invalid", kind=str(self.model._meta.verbose_name))
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        """Return the row."""
        kind = str(self.model._meta.verbose_name)
        try:
            uid = self.uuid_field.run_validation(data)
        except ValidationError:
            self.fail("invalid", kind=kind)
        read = self.context.get("read", {}).get(self.model)
        row = read.get(uid) if read is not None else self.visible().filter(uid=uid).first()
        if row is None:
            self.fail("does_not_exist", kind=kind)
        return row

    def to_representation(self, value: Any) -> str:
        """Return the id."""
        return str(value.uid)


class VisibleOrNew(VisibleField):
    """The id of a visible row, or the body of a new one, which is written along with the row that names it."""

    def __init__(self, new: type["Strict"], **options: Any) -> None:
        super().__init__(**options)
        self.new = new

    @cached_property
    def new_body(self) -> "Strict":
        """What reads the bodies of new rows, made once for however many."""
        return self.new(context=self.context)

    def to_internal_value(self, data: Any) -> Any:
        """Return the row, or a row that is not written yet."""
        if not isinstance(data, dict):
            return super().to_internal_value(data)
        meta: Any = self.new_body.Meta  # type: ignore[attr-defined]
        row: models.Model = meta.model(**self.new_body.run_validation(data))
        return row


class Strict(serializers.Serializer[Any]):
    """Refuses every field that it does not know, the server's own among them, and every value of another JSON type."""

    one_of: ClassVar[tuple[str, ...]] = ()  # fields of which exactly one is given

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; raises ValidationError keyed by field."""
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                message = "there is no such field here, or it is not yours to set"
                raise ValidationError({name: [message] for name in unknown}, code="unknown_field")
            given = data if type(data) is dict else {}  # a form that is posted has strings alone, and files
            mistaken = {name: found for name in given if (found := _mistaken(self.fields[name], given[name]))}
            if mistaken:
                raise ValidationError(mistaken, code="invalid")
        return super().to_internal_value(data)


# What the values of a field are in JSON, by its class; of all others they are strings, or are told apart by the field.
_TYPES: tuple[tuple[type[Any], tuple[type, ...], str], ...] = (
    (serializers.BooleanField, (bool,), "true or false is expected"),
    (serializers.IntegerField, (int,), "a whole number is expected"),
    (serializers.DecimalField, (int, float), "a number is expected"),
    (serializers.BaseSerializer, (object,), ""),
    (serializers.ListField, (object,), ""),
    (VisibleOrNew, (str, dict), "an id or a body is expected"),
    (serializers.Field, (str,), "a string is expected"),
)


def _mistaken(field: serializers.Field[Any, Any, Any, Any], value: Any) -> Any:
    """Return why a value is of another JSON type than the field's, or, of a list, for which items; None: it is not.

    The stock fields make a string of a number and a truth value of a string.
    """
    if value is None:
        return None  # the field knows whether that is welcome
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        return {str(n): found for n, item in enumerate(value) if (found := _mistaken(field.child, item))} or None
    types, told = next((types, told) for kind, types, told in _TYPES if isinstance(field, kind))
    fits = isinstance(value, types) and (bool in types or object in types or not isinstance(value, bool))
    return None if fits else [told]


class Body(Strict, serializers.ModelSerializer[Any]):
    """The writable columns of a model: links by id, texts never trimmed; the domain checks what no column can."""

    serializer_related_field = VisibleField

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Return the field as the REST framework has it, but leaving white space alone."""
        field_class, options = super().build_standard_field(field_name, model_field)
        if issubclass(field_class, serializers.CharField):
            options["trim_whitespace"] = False
        return field_class, options

    def get_validators(self) -> list[Any]:
        """Return none: what several columns must agree on is the domain's to check."""
        return []

    def defaults(self) -> dict[str, Any]:
        """Return what each column is where a whole row is put and does not say: the default of its model."""
        meta: Any = self.Meta
        columns = {column.name: column for column in meta.model._meta.concrete_fields}
        return {
            name: columns[name].get_default()
            for name, is_required in ((str(field.source), field.required) for field in self.fields.values())
            if not is_required and name in columns
        }


def check_case(values: dict[str, Any], names: Iterable[str], case: Any) -> None:
    """Raise ValidationError for the rows, among these values, that are of another case than this one."""
    errors = {name: ["this is of another case"] for name in names if name in values and values[name].case != case}
    if case is not None and errors:
        raise ValidationError(errors, code="other_case")


def as_sent(body: Strict, refused: DomainError) -> DomainError:
    """Return what the domain refused, each fault at the field of the body that it is about and not at the column."""
    names = {str(field.source): str(name) for name, field in body.fields.items()}

    def renamed(place: str) -> str:
        first, dot, rest = place.partition(".")
        return f"{names.get(first, first)}{dot}{rest}"

    if not hasattr(refused, "error_dict"):
        return refused
    return DomainError({renamed(place): found for place, found in refused.error_dict.items()})


def read_many(body: type[Strict], rows: list[Any], context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the validated values of many rows; raises ValidationError keyed by row.

    One body reads them all, since to make it takes longer than to read with it. Every row that they name is looked up
    along with the others, in one query a model, and not one by one.
    """
    reader = body(context={**context, "read": _read_named(body(context=context), rows)})
    values: list[dict[str, Any]] = []
    errors: dict[str, Any] = {}
    for index, row in enumerate(rows):
        try:
            values.append(dict(reader.run_validation(row)))
        except ValidationError as refused:
            told = refused.detail
            errors[str(index)] = told if isinstance(told, dict) else {"non_field_errors": told}  # of a null, a list
    if errors:
        raise ValidationError(errors)
    return values


def _read_named(body: Strict, rows: list[Any]) -> _Found:
    """Return every visible row that the bodies name, by model and id."""
    wanted: dict[type[models.Model], tuple[VisibleField, set[UUID]]] = {}
    for row in rows:
        for field, text in _ids_in(body, row):
            model = field.model
            _, uids = wanted.setdefault(model, (field, set()))
            try:
                uids.add(UUID(str(text)))
            except ValueError:
                continue  # the field itself will say so
    return {
        model: {row.uid: row for row in field.visible().filter(uid__among=uids)}
        for model, (field, uids) in wanted.items()
    }


def _ids_in(body: Any, row: Any) -> Iterator[tuple[VisibleField, Any]]:
    """Yield (field, given value) of every link in a body, lists of bodies inside it included."""
    if isinstance(body, serializers.ListSerializer):
        for inner in row if isinstance(row, list) else ():
            yield from _ids_in(body.child, inner)
    elif isinstance(body, serializers.Serializer) and isinstance(row, dict):
        for name, field in body.fields.items():
            if name not in row:
                continue
            if isinstance(field, VisibleOrNew) and isinstance(row[name], dict):
                yield from _ids_in(field.new_body, row[name])
            elif isinstance(field, VisibleField):
                yield field, row[name]
            elif isinstance(field, serializers.BaseSerializer):
                yield from _ids_in(field, row[name])
