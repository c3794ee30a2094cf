"""Exact words, and how a request names them."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework import serializers

from ..excerpting import Quotation, cut_excerpts
from ..models import Document, DocumentVersion, Excerpt
from ..refusals import RowsRefused
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
    start = serializers.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, help_text="Of the first code point of the words."
    )
    end = serializers.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, help_text="Of the code point after the words."
    )


WORDS = tuple(WordsBody._declared_fields)


def read_words(values: dict[str, Any], version: DocumentVersion) -> Quotation:
    """Return the quotation that the fields of a WordsBody mean, taking them out of `values`."""
    given = {name: values.pop(name) for name in WORDS if name in values}
    return Quotation(version=version, exact=given.pop("quote", None), **given)


def read_versions(wanted: Sequence[tuple[Document, int | None]]) -> list[DocumentVersion]:
    """Return these versions of these documents, the newest where no number is given, in two queries however many.

    Raises RowsRefused by place in `wanted`.
    """
    numbered = DocumentVersion.objects.filter(document__in={document.pk for document, _ in wanted})
    keys: dict[tuple[int, int | None], int] = {}
    for pk, document, number in numbered.order_by("number").values_list("pk", "document_id", "number"):
        keys[document, number] = keys[document, None] = pk  # the last one stays as the newest
    places = [(document.pk, number) for document, number in wanted]
    found = DocumentVersion.objects.select_related("case").in_bulk({keys[place] for place in places if place in keys})
    # Looked for among the rows and not among their keys: someone may have deleted the document between the two queries.
    if missing := [index for index, place in enumerate(places) if keys.get(place) not in found]:
        message = ValidationError("there is no such version", code="does_not_exist")
        raise RowsRefused({index: ValidationError({"version": message}) for index in missing})
    return [found[keys[place]] for place in places]


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
    http_method_names = ["get", "head", "options", "post", "delete"]

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
                "revision": excerpt.revision,
            }
            for excerpt in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Cut the words out, or find them cut already."""
        case_of_all([{"case": row["document"].case} for row in values])
        versions = read_versions([(row["document"], row.get("version")) for row in values])
        quotations = [read_words(row, version) for row, version in zip(values, versions, strict=True)]
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
