"""Exact words, and how a request names them."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from ..excerpting import Quotation, cut_excerpts
from ..models import Document, DocumentVersion, Excerpt
from .bodies import Strict, VisibleField
from .filters import ResourceFilter
from .resources import Resource, case_of_all
from .shapes import ExcerptReference, ExcerptShape


class WordsBody(Strict):
    """Words of a text: `quote`, with `prefix` or `suffix` where it stands there more than once, or `start` and `end`.

    Offsets count Unicode code points of the version's text; the end is exclusive. Where both are given they must agree.
    """

    quote = serializers.CharField(required=False, trim_whitespace=False, help_text="The words, exactly.")
    prefix = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False, help_text="Words before.")
    suffix = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False, help_text="Words after.")
    start = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    end = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


WORDS = tuple(WordsBody._declared_fields)


def read_words(values: dict[str, Any], version: DocumentVersion) -> Quotation:
    """Return the quotation that the fields of a WordsBody mean, taking them out of `values`."""
    given = {name: values.pop(name) for name in WORDS if name in values}
    return Quotation(version=version, exact=given.pop("quote", None), **given)


def read_version(document: Document, number: int | None) -> DocumentVersion:
    """Return that version of a document, the newest where no number is given; raises ValidationError."""
    versions = document.versions.select_related("case")
    version = versions.newest_first().first() if number is None else versions.filter(number=number).first()
    if version is None:
        raise ValidationError({"version": ["there is no such version"]}, code="does_not_exist")
    return version


class ExcerptBody(WordsBody):
    """Words to be cut out of a document."""

    document = VisibleField(queryset=Document.objects.all())
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1, help_text="Default: newest.")


class ExcerptFilter(ResourceFilter):
    """By document and version."""

    document = django_filters.UUIDFilter(field_name="version__document__uid", label="Words of this document.")

    class Meta:
        model = Excerpt
        fields = ()


class Excerpts(Resource):
    """The exact words at one place of one captured text."""

    collection, model, shape, body, filters = "excerpts", Excerpt, ExcerptShape, ExcerptBody, ExcerptFilter
    is_revised = False

    def rows(self) -> QuerySet[Excerpt]:
        """Return visible excerpts with their places."""
        return super().rows().select_related("case", "version__document").defer("version__text")

    def present(self, rows: list[Excerpt]) -> list[ExcerptShape]:
        """Return excerpts in their public shape."""
        return [
            {
                **present_excerpt(excerpt, excerpt.version.number, excerpt.version.document.uid),
                "url": self.links("excerpts", excerpt.uid),
                "case": str(excerpt.case.uid),
            }
            for excerpt in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Cut the words out, or find them cut already."""
        case_of_all([{"case": row["document"].case} for row in values])
        quotations = [read_words(row, read_version(row["document"], row.get("version"))) for row in values]
        return cut_excerpts(by=self.by, quotations=quotations)


def present_excerpt(excerpt: Any, version: int, document: object) -> ExcerptReference:
    """Return the words and their place, of a model's row or of a plain one."""
    return {
        "id": str(excerpt.uid),
        "document": str(document),
        "version": version,
        "start": excerpt.start,
        "end": excerpt.end,
        "exact": excerpt.exact,
        "prefix": excerpt.prefix,
        "suffix": excerpt.suffix,
    }
