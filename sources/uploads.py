"""How large may an upload be? Asked before any of it is kept."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUpload(FileUploadHandler):
    """Refuses a request that says, or turns out, to be larger than the server takes; keeps nothing itself."""

    n_received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 # the name that Django calls it by
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse by the length that is announced."""
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("the upload is larger than the server takes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass a piece on, as long as all of them together are not too many."""
        self.n_received += len(raw_data)
        if self.n_received > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("the upload is larger than the server takes")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""
