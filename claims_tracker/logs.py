"""How a line of the log looks."""

import logging


class OneLineFormatter(logging.Formatter):
    """One record, one line: line breaks and control characters of others are shown, not obeyed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record with every control character written as an escape."""
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in super().format(record))
