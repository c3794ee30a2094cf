"""Tables that a spreadsheet can open without running what is in them.

Public: `write_table`. A spreadsheet takes a cell that begins with one of certain signs for a formula; such a cell gets
an apostrophe before it (OWASP, "CSV Injection"), and every cell stands in quotes. No other character is altered.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable

_SIGNS = "=+-@"
_AT_ONCE = "\t\r\n"  # even these, before anything, start a formula somewhere


def write_table(lines: Iterable[Iterable[str]]) -> str:
    """Return the lines as CSV (RFC 4180), every cell quoted."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([[_harmless(cell) for cell in line] for line in lines])
    return written.getvalue()


def _harmless(cell: str) -> str:
    if cell[:1] and (cell[0] in _AT_ONCE or _begins_formula(cell)):
        return f"'{cell}"
    return cell


def _begins_formula(cell: str) -> bool:
    """Tell whether a sign comes first, full width or after white space and marks that are not seen included."""
    for character in cell:
        if character.isspace() or unicodedata.category(character) in ("Cf", "Cc"):
            continue
        return unicodedata.normalize("NFKC", character)[:1] in tuple(_SIGNS)
    return False
