"""What a request may say: strict serializers that read and never save."""

from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.exceptions import ValidationError


class VisibleField(serializers.RelatedField[Any, Any, Any]):
    """The id of a row that the user may see; a hidden row and an absent one are refused in the same words."""

    default_error_messages = {
        "does_not_exist": "there is no such {kind}",
        "invalid": "the id of a {kind} is a UUID",
    }
    uuid_field = serializers.UUIDField()

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return the rows that the user of this request may see."""
        visible: models.QuerySet[Any] = super().get_queryset().visible_to(self.context["request"].user)  # type: ignore[union-attr]
        return visible

    def to_internal_value(self, data: Any) -> Any:
        """Return the row."""
        queryset = self.get_queryset()
        kind = str(queryset.model._meta.verbose_name)
        try:
            uid = self.uuid_field.run_validation(data)
        except ValidationError:
            self.fail("invalid", kind=kind)
        row = queryset.filter(uid=uid).first()
        if row is None:
            self.fail("does_not_exist", kind=kind)
        return row

    def to_representation(self, value: Any) -> str:
        """Return the id."""
        return str(value.uid)


class Strict(serializers.Serializer[Any]):
    """Refuses every field that it does not know, the server's own among them."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; raises ValidationError keyed by field."""
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                message = "there is no such field here, or it is not yours to set"
                raise ValidationError({name: [message] for name in unknown}, code="unknown_field")
        return super().to_internal_value(data)


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
