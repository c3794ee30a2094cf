"""How a line of the log looks."""

import logging


class OneLineFormatter(logging.Formatter):
    """One record, one line: line breaks and control characters of others are shown, not obeyed.

    A traceback follows with a bar before each of its lines, so that nothing in it can pass for a record.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name is the library's
        """Return the message with every control character written as an escape."""
        return "".join(
            c if c.isprintable() else c.encode("unicode_escape").decode() for c in super().formatMessage(record)
        )

    def formatException(self, ei: object) -> str:  # noqa: N802  the name is the library's
        """Return the traceback, marked line by line."""
        return "\n".join(f"  | {line}" for line in super().formatException(ei).splitlines())  # type: ignore[arg-type]
