"""How is it said in plain words who speaks, through whom, when, and that nothing was recorded?

Public: `tell_speaker`, `tell_chain`, `tell_dates`, `tell_position`, `tell_silence`. Page, print and CSV say it alike.
"""

from datetime import datetime

from .accounts import Column
from .choices import Attitude, Position, Stance, Voice
from .comparison import Cell
from .exhibiting import Exhibit
from .reading import RelayRow, StatementRow

_SIGNS = {"+": "holds", "-": "rejects"}


def tell_speaker(row: StatementRow) -> str:
    """Return who speaks: the party's label, or whose voice it is."""
    return row.speaker_label or Voice(row.voice).label


def tell_chain(row: StatementRow) -> str:
    """Return the hops from the speaker to the document, gaps included; empty where there is none."""
    return ", then ".join(f"through {_tell_hop(relay)}" for relay in row.relays)


def _tell_hop(relay: RelayRow) -> str:
    who = relay.label if relay.label is not None else "someone who is not named"
    return who if relay.attitude == Attitude.NEUTRAL else f"{who} ({Attitude(relay.attitude).label})"


def tell_dates(exhibit: Exhibit) -> str:
    """Return when it was said, as far as that is known, and when it was published or captured."""
    row = exhibit.statement
    said_at = row.said_at or row.uttered_at
    said = f"said {_tell_day(said_at)}" if said_at else ""
    if row.said_note:
        said = f"{said} (“{row.said_note}”)" if said else f"said “{row.said_note}”"
    if row.published_at is not None:
        known = f"published {_tell_day(row.published_at)}"
    else:
        known = f"captured {_tell_day(row.captured_at)}; publication unknown"
    return f"{said}; {known}" if said else known


def _tell_day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")


def tell_position(cell: Cell) -> str:
    """Return what the column does about the claim."""
    if cell.position == Position.IMPLIED and cell.sign:
        return f"{_SIGNS[cell.sign]} it, by what it says"
    return cell.position.label


def tell_silence(cell: Cell, column: Column) -> str:
    """Return what a silent cell says: what was not recorded, and in how many documents; empty where it speaks."""
    if cell.position != Position.SILENT:
        return ""
    if any(telling.exhibit.statement.stance == Stance.RETRACTS for telling in cell.tellings):
        return "nothing that holds any more: it was taken back"
    n = column.n_documents
    return f"nothing recorded in {'this document' if n == 1 else f'these {n:,} documents'}"
