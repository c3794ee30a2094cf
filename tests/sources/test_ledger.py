"""Every act leaves one entry, chained to the one before."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from sources.choices import Role
from sources.images import digest_change, image_of
from sources.ledger import By
from sources.models import Change, ChangeItem, Party
from sources.refusals import InUse, Stale
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_an_act_leaves_one_entry_with_before_and_after(by: By) -> None:
    case = make.make_case()
    party = make.make_party(case, "Anna")
    before = image_of(party)
    with by.act("revise_party", case) as act:
        act.update(party, label="Hanna")
    newest = Change.objects.order_by("-sequence")[0]
    item = newest.items.get()
    assert (newest.act, item.kind, item.uid) == ("revise_party", "party", party.uid)
    assert item.before == before
    assert item.after == {**before, "label": "Hanna", "revision": 2}


def test_an_act_that_changes_nothing_leaves_no_entry(by: By) -> None:
    case = make.make_case()
    party = make.make_party(case, "Anna")
    n = Change.objects.count()
    with by.act("revise_party", case) as act:
        act.update(party, label="Anna")
    assert Change.objects.count() == n
    assert Party.objects.get(pk=party.pk).revision == 1


def test_an_act_within_an_act_is_part_of_it(by: By) -> None:
    case = make.make_case()
    n = Change.objects.count()
    with by.act("outer", case) as outer:
        outer.insert(Party(case=case, label="One"))
        with outer.act("inner", case) as inner:
            inner.insert(Party(case=case, label="Two"))
    newest = Change.objects.order_by("-sequence")[0]
    assert Change.objects.count() == n + 1
    assert newest.act == "outer"
    assert newest.items.count() == 2


def test_a_failed_act_leaves_nothing(by: By) -> None:
    case = make.make_case()
    n = Change.objects.count()
    with pytest.raises(ValidationError), by.act("register", case) as act:
        act.insert(Party(case=case, label="One"))
        act.insert(Party(case=case, label=""))
    assert Change.objects.count() == n
    assert not Party.objects.filter(case=case).exists()


def test_entries_have_no_gap_and_bind_the_one_before(by: By) -> None:
    case = make.make_case()
    for _ in range(3):
        make.make_party(case)
    previous, expected = "", 1
    for change in Change.objects.order_by("sequence"):
        items = list(change.items.order_by("pk"))
        assert change.sequence == expected
        assert change.previous == previous
        assert change.digest == digest_change(change, items)
        previous, expected = change.digest, expected + 1


def test_a_second_editor_is_told_and_loses_nothing(by: By) -> None:
    case = make.make_case()
    party = make.make_party(case, "Anna")
    mine, theirs = Party.objects.get(pk=party.pk), Party.objects.get(pk=party.pk)
    with by.act("revise_party", case) as act:
        act.update(theirs, label="Hanna")
    with pytest.raises(Stale) as refused, by.act("revise_party", case) as act:
        act.update(mine, label="Johanna")
    assert refused.value.current == 2
    assert Party.objects.get(pk=party.pk).label == "Hanna"


def test_deleting_takes_along_what_is_owned_and_says_so(by: By) -> None:
    case = make.make_case()
    party = make.make_party(case, "Anna")
    with by.act("add_alias", case) as act:
        from sources.models import PartyAlias

        act.insert(PartyAlias(case=case, party=party, name="Annie"))
    with by.act("delete_party", case) as act:
        act.delete(party)
    kinds = sorted(Change.objects.order_by("-sequence")[0].items.values_list("kind", flat=True))
    assert kinds == ["party", "partyalias"]


def test_what_others_stand_on_cannot_be_deleted(by: By) -> None:
    case = make.make_case()
    party = make.make_party(case, "Anna")
    statement = make.make_statement(make.make_claim(case), speaker=party)
    with pytest.raises(InUse) as refused, by.act("delete_party", case) as act:
        act.delete(party)
    assert refused.value.standing == [statement]


def test_a_reader_writes_nothing(by: By, now: object) -> None:
    case = make.make_case(access="members")
    reader = make.make_member(case, Role.READER)
    with pytest.raises(PermissionDenied), By(actor=reader, at=by.at).act("register", case):
        pytest.fail("the block must not run")


def test_erased_images_keep_their_hashes(by: By) -> None:
    case = make.make_case()
    make.make_party(case, "Anna")
    item = ChangeItem.objects.order_by("-pk")[0]
    digest = item.after_digest
    ChangeItem.objects.filter(pk=item.pk).update(salt="", after=None)
    assert ChangeItem.objects.get(pk=item.pk).after_digest == digest
