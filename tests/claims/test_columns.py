"""A ledger older than a column of today: its images are in the columns of their day, and are read all the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from claims.models import Claim
from claims.past import Past
from claims.undoing import undo_change
from claims.wording import word_claims
from sources.images import digest_image
from sources.ledger import By
from sources.models import Case, Change, ChangeItem
from sources.revising import delete_row, revise_row
from tests import factories as make
from tests.raw_sql import suspend_rules, update_row
from tests.recorded import chain_anew, damages

pytestmark = pytest.mark.django_db

LATER = By(actor=None, at=make.NOW + timedelta(days=2))


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case in which claims were worded, changed and deleted before a claim had a place and a note."""
    case = make.make_case()
    kept, gone = Claim(text="The bridge was open."), Claim(text="The mill was shut.")
    word_claims(by=make.CONSOLE, case=case, claims=[kept, gone])
    revise_row(by=LATER, row=kept, values={"text": "The bridge was closed."})
    delete_row(by=LATER, row=gone)
    suspend_rules()
    monkeypatch.setattr("claims.verifying.differences", lambda database: [])
    for item in ChangeItem.objects.filter(kind="claim"):
        images: dict[str, Any] = {}
        for name in ("before", "after"):
            image = getattr(item, name)
            images[name] = image and {key: value for key, value in image.items() if key not in ("place", "note")}
            images[f"{name}_digest"] = digest_image(item.salt, images[name])
        update_row(item, images)
    chain_anew()
    return case


def test_rows_are_as_they_were_recorded_and_a_value_that_nobody_gave_is_not(case: Case) -> None:
    claim = Claim.objects.get()
    assert damages() == []
    revise_row(by=LATER, row=claim, values={"place": "Aldersby"})
    assert damages() == []
    update_row(claim, {"note": "slipped in"})
    assert damages() == [f"claim {claim.uid}: it is not as the ledger last recorded it"]


def test_acts_of_that_day_are_taken_back(case: Case) -> None:
    worded, revised, deleted = Change.objects.filter(items__kind="claim").distinct().order_by("sequence")
    undo_change(by=LATER, change=deleted)
    undo_change(by=LATER, change=revised)
    assert set(Claim.objects.values_list("text", "place", "note")) == {
        ("The bridge was open.", "", ""),
        ("The mill was shut.", "", ""),
    }
    assert damages() == []
    with pytest.raises(ValidationError):  # what was changed since is seen, whatever columns there are
        revise_row(by=LATER, row=Claim.objects.get(text="The mill was shut."), values={"place": "Aldersby"})
        undo_change(by=LATER, change=worded)


def test_a_day_past_is_read(case: Case) -> None:
    rows = Past(case, make.NOW.date()).changed(Claim)
    assert sorted((row["text"], row["place"]) for row in rows.values()) == [
        ("The bridge was open.", ""),
        ("The mill was shut.", ""),
    ]
