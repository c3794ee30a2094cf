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
from ..models import MAX_TEXT_LENGTH, Document, DocumentVersion, Party
from ..snapshot import snapshot
from .bodies import Body, VisibleField
from .filters import ResourceFilter
from .idempotency import idempotent
from .keyset import page_by
from .parties import refer_to_party
from .resources import Resource, case_of_all, made
from .schema import PAGE, moment, page_of, refer_to
from .shapes import DocumentShape, VersionReference, VersionShape


class VersionBody(Body):
    """A text as it was captured; every character of it is kept."""

    text = serializers.CharField(
        max_length=MAX_TEXT_LENGTH, trim_whitespace=False, help_text="Kept as it is, character by character."
    )

    class Meta:
        model = DocumentVersion
        fields = ("text", "is_complete")


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


class Documents(Resource):
    """Works in which something is said. Each has one text or more, numbered, that never change."""

    collection, model, shape, body, filters = "documents", Document, DocumentShape, DocumentBody, DocumentFilter
    change_body = DocumentChange
    bodies = {"add_version": VersionBody}
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
            version = DocumentVersion(**{name: row.pop(name) for name in ("text", "is_complete") if name in row})
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
        version = capture_version(by=self.by, document=document, version=DocumentVersion(**values))
        presented = self._present_version(document, version)
        response = Response(presented, status=status.HTTP_201_CREATED)
        response["Location"] = presented["url"]
        return made(response, version)

    @action(detail=True, methods=["get"], url_path=r"versions/<int:number>")
    def version(self, request: Request, id: Any, number: int) -> Response:
        """Return one captured text with its hash."""
        with snapshot():
            document = self.find(id)
            version = document.versions.filter(number=number).first() if number < 2**31 else None
            if version is None:
                raise NotFound("there is no such version")
            return Response(self._present_version(document, version))

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        versions = {
            "versions": {"200": page_of(VersionReference)},
            "add_version": {"201": refer_to(VersionShape)},
            "version": {"200": refer_to(VersionShape)},
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
            "text": version.text,
        }
