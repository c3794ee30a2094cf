"""Documents with their captured texts, and the words cut out of them."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from ..capturing import capture_documents, capture_version
from ..models import MAX_TEXT_LENGTH, Document, DocumentVersion, Original, Party
from ..snapshot import snapshot
from .arrivals import ArrivalField, PreviewBody, Previewing
from .bodies import Body, VisibleField
from .filters import ResourceFilter
from .idempotency import idempotent
from .keyset import page_by
from .parties import refer_to_party
from .resources import Resource, case_of_all, made
from .schema import PAGE, moment, page_of, refer_to
from .shapes import DocumentShape, OriginalReference, PreviewShape, VersionReference, VersionShape


class VersionBody(Body):
    """A text as it was captured; every character of it is kept. Either `text`, or the `arrival` of a preview."""

    text = serializers.CharField(
        required=False,
        max_length=MAX_TEXT_LENGTH,
        trim_whitespace=False,
        help_text="Kept as it is, character by character.",
    )
    arrival = ArrivalField(required=False, help_text="What a preview answered: its text is captured, exactly so.")

    one_of = ("text", "arrival")

    class Meta:
        model = DocumentVersion
        fields = ("text", "arrival", "is_complete")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Refuse both ways at once, and neither; where a row is only changed there is no text to be given."""
        if "text" in values and "arrival" in values:
            raise serializers.ValidationError({"arrival": ["either a text or an arrival"]}, code="ambiguous")
        if "text" not in values and "arrival" not in values:
            raise serializers.ValidationError({"text": [self.fields["text"].error_messages["required"]]}, "required")
        return values


class DocumentBody(VersionBody):
    """A new document with its first text."""

    publisher = VisibleField(queryset=Party.objects.filter(merged_into=None), required=False, allow_null=True)
    title = serializers.CharField(max_length=500, trim_whitespace=False)

    class Meta:
        model = Document
        fields = (
            "case",
            "title",
            "publisher",
            "byline",
            "web_url",
            "published_at",
            "language",
            "media_type",
            "text",
            "arrival",
            "is_complete",
        )

    is_complete = serializers.BooleanField(required=False, help_text="No, where the text is cut off.")


class DocumentChange(Body):
    """What is said of a document; its texts never change, and new ones are captured as versions."""

    publisher = VisibleField(queryset=Party.objects.filter(merged_into=None), required=False, allow_null=True)

    class Meta:
        model = Document
        fields = ("case", "title", "publisher", "byline", "web_url", "published_at", "language", "media_type")
        extra_kwargs = {"case": {"required": False}}


class DocumentFilter(ResourceFilter):
    """By publisher and language."""

    publisher = django_filters.UUIDFilter(field_name="publisher__uid", label="Documents of this publisher.")

    class Meta:
        model = Document
        fields = ("language",)


def _take_version(values: dict[str, Any]) -> DocumentVersion:
    """Return the text that validated values give, taking out of them what belongs to it."""
    given = {name: values.pop(name) for name in ("text", "is_complete") if name in values}
    arrival = values.pop("arrival", None)
    if arrival is None:
        return DocumentVersion(**given)
    version: DocumentVersion = arrival.as_version(**given)
    return version


class Documents(Previewing, Resource):
    """Works in which something is said. Each has one text or more, numbered, that never change."""

    collection, model, shape, body, filters = "documents", Document, DocumentShape, DocumentBody, DocumentFilter
    change_body = DocumentChange
    bodies = {"add_version": VersionBody, "preview": PreviewBody}
    parameters = {"versions": PAGE}

    def rows(self) -> QuerySet[Document]:
        """Return visible documents with their publishers and versions, the texts left in the database."""
        versions = DocumentVersion.objects.without_text().order_by("number")
        return super().rows().select_related("case", "publisher").prefetch_related(Prefetch("versions", versions))

    def present(self, rows: list[Document]) -> list[DocumentShape]:
        """Return documents in their public shape."""
        return [
            {
                "id": str(document.uid),
                "url": self.links("documents", document.uid),
                "case": str(document.case.uid),
                "title": document.title,
                "publisher": refer_to_party(document.publisher) if document.publisher else None,
                "byline": document.byline,
                "web_url": document.web_url,
                "published_at": moment(document.published_at),
                "language": document.language,
                "media_type": document.media_type,
                "versions": [self._refer(document, version) for version in document.versions.all()],
                "revision": document.revision,
            }
            for document in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Capture documents with their texts."""
        case = case_of_all(values)
        documents = []
        for row in values:
            version = _take_version(row)
            if version.arrival is not None:
                row.setdefault("media_type", version.arrival.media_type)
            documents.append((Document(**row), [version]))
        return capture_documents(by=self.by, case=case, documents=documents)

    @action(detail=True, methods=["get"], url_path="versions")
    def versions(self, request: Request, id: Any) -> Response:
        """Return the versions of a document, without their texts."""
        with snapshot():
            document = self.find(id)
            page = page_by(request, document.versions.without_text(), "number")
            return Response(page.answer([self._refer(document, version) for version in page.rows]))

    @versions.mapping.post
    @idempotent
    def add_version(self, request: Request, id: Any) -> Response:
        """Capture one more text of a document."""
        document = self.find(id)
        values = self.read(VersionBody(data=request.data, context=self.context))
        version = capture_version(by=self.by, document=document, version=_take_version(values))
        presented = self._present_version(document, version)
        response = Response(presented, status=status.HTTP_201_CREATED)
        response["Location"] = presented["url"]
        return made(response, version)

    @action(detail=True, methods=["get"], url_path=r"versions/<int:number>")
    def version(self, request: Request, id: Any, number: int) -> Response:
        """Return one captured text with its hash."""
        with snapshot():
            document = self.find(id)
            versions = document.versions.select_related("original")
            version = versions.filter(number=number).first() if number < 2**31 else None
            if version is None:
                raise NotFound("there is no such version")
            return Response(self._present_version(document, version))

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        versions = {
            "versions": {"200": page_of(VersionReference)},
            "add_version": {"201": refer_to(VersionShape)},
            "version": {"200": refer_to(VersionShape)},
            "preview": {"201": refer_to(PreviewShape)},
        }
        return versions.get(action) or super().answers(action)

    def _refer(self, document: Document, version: DocumentVersion) -> VersionReference:
        return {
            "number": version.number,
            "url": self.links("documents", document.uid, "versions", version.number),
            "sha256": version.sha256,
            "n_characters": version.n_characters,
            "is_complete": version.is_complete,
            "captured_at": moment(version.captured_at) or "",
        }

    def _present_version(self, document: Document, version: DocumentVersion) -> VersionShape:
        return {
            **self._refer(document, version),
            "id": str(version.uid),
            "document": str(document.uid),
            "extractor": version.extractor,
            "extractor_version": version.extractor_version,
            "original_sha256": version.original_sha256,
            "original": self._refer_to_original(getattr(version, "original", None)),
            "text": version.text,
        }

    def _refer_to_original(self, original: Original | None) -> OriginalReference | None:
        if original is None:
            return None
        return {
            "id": str(original.uid),
            "url": self.links("originals", original.uid),
            "sha256": original.sha256,
            "n_bytes": original.n_bytes,
            "media_type": original.media_type,
            "encoding": original.encoding,
            "file_name": original.file_name,
            "fetched_from": original.fetched_from,
            "fetched_at": moment(original.fetched_at),
        }
