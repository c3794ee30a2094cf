"""Forms of the admin: stale ones are refused with a diff, what is sent twice is done once, texts stay as they are."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from sources.admin.base import RecordAdmin
from sources.choices import Role, tell_act
from sources.models import Case, CaseMembership, ChangeItem, Document, DocumentVersion, Party
from sources.registering import revise_party
from sources.revising import delete_row, revise_row
from tests import factories as make
from tests.api.calling import routes
from tests.forms import client_of, form_of, new_account, read_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make.make_case()


@pytest.fixture
def lead(case: Case) -> Client:
    return client_of(new_account(case, Role.LEAD))


def page_of(row: Any, name: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def add_page(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


# --- two people at once ---


def test_f5_a_stale_form_is_refused_with_what_changed_and_keeps_what_was_typed(case: Case, lead: Client) -> None:
    party = make.make_party(case, "The Ministry", kind="organisation")
    form = form_of(lead, page_of(party), label="The Ministry of Bridges")
    revise_party(by=make.CONSOLE, party=party, values={"label": "The Bridge Ministry", "kind": "government"})
    answer = lead.post(page_of(party), form)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Someone else has changed this" in page
    for told in ('<td dir="auto">The Ministry</td>', "The Bridge Ministry", "government body", "organisation"):
        assert told in page
    assert read_form(answer)["label"] == "The Ministry of Bridges"
    party.refresh_from_db()
    assert party.label == "The Bridge Ministry"
    assert lead.post(page_of(party), read_form(answer)).status_code == 302  # saved again, knowing
    party.refresh_from_db()
    assert (party.label, party.revision) == ("The Ministry of Bridges", 3)


def test_a_refused_form_stays_a_page_about_the_row_as_it_stands(case: Case, lead: Client) -> None:
    party = make.make_party(case, "The Ministry")
    make.make_link(case, party, make.make_party(case, "The Government"), "part_of")
    form = form_of(lead, page_of(party), label="Another name entirely")
    revise_party(by=make.CONSOLE, party=party, values={"label": "The Bridge Ministry"})
    page = lead.post(page_of(party), form).content.decode()
    (heading,) = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert heading.strip() == "The Bridge Ministry"
    assert "The Government" in page.partition('class="inline-group rows-below"')[2]


def test_other_names_that_someone_gave_meanwhile_are_told(case: Case, lead: Client) -> None:
    party = make.make_party(case, "Anna")
    form = form_of(lead, page_of(party), also_called="Anja")
    revise_party(by=make.CONSOLE, party=party, values={}, aliases=["Annie"])
    page = lead.post(page_of(party), form).content.decode()
    assert "Someone else has changed this" in page
    assert "Annie" in page
    assert list(party.aliases.values_list("name", flat=True)) == ["Annie"]


def test_f5_a_row_deleted_meanwhile_is_told_of(case: Case, lead: Client) -> None:
    party = make.make_party(case, "Anna")
    form = form_of(lead, page_of(party), label="Anja")
    delete_row(by=make.CONSOLE, row=party)
    answer = lead.post(page_of(party), form, follow=True)
    assert answer.redirect_chain[0][0] == reverse("admin:sources_party_changelist")
    assert "deleted this party while you had it open" in answer.content.decode()
    assert not Party.objects.exists()


def test_the_form_of_a_row_that_never_was_tells_nothing(case: Case, lead: Client) -> None:
    hidden = make.make_party(make.make_case(access="members"), "Canary")
    absent, unseen = (lead.get(reverse("admin:sources_party_change", args=[pk]), follow=True) for pk in (0, hidden.pk))
    assert [m.message for m in absent.context["messages"]] == [m.message for m in unseen.context["messages"]]


def test_an_untouched_form_leaves_no_trace(case: Case, lead: Client) -> None:
    party = make.make_party(case, " Anna\nand Boris ", description="\n first line\r\nsecond\rthird \n")
    before, n = Party.objects.values().get(pk=party.pk), ChangeItem.objects.count()
    assert lead.post(page_of(party), form_of(lead, page_of(party))).status_code == 302
    assert Party.objects.values().get(pk=party.pk) == before
    assert ChangeItem.objects.count() == n


# --- sent twice ---


def test_f8_a_form_that_is_sent_twice_makes_one_row(case: Case, lead: Client) -> None:
    form = form_of(lead, add_page(Party), label="Anna")
    first, second = (lead.post(add_page(Party), form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert Party.objects.filter(label="Anna").count() == 1


def test_two_forms_and_a_form_with_other_words_make_two_rows(case: Case, lead: Client) -> None:
    for _ in range(2):
        lead.post(add_page(Party), form_of(lead, add_page(Party), label="Anna"))
    form = form_of(lead, add_page(Party), label="Boris")
    lead.post(add_page(Party), form)
    lead.post(add_page(Party), form | {"label": "Clara"})  # gone back, and mended
    assert sorted(Party.objects.values_list("label", flat=True)) == ["Anna", "Anna", "Boris", "Clara"]


def test_a_refused_form_may_be_mended_and_sent_again(case: Case, lead: Client) -> None:
    form = form_of(lead, add_page(Party), label="")
    answer = lead.post(add_page(Party), form)
    assert answer.status_code == 200
    assert lead.post(add_page(Party), read_form(answer, label="Anna")).status_code == 302
    assert Party.objects.get().label == "Anna"


def test_the_second_of_two_equal_forms_is_told_where_its_row_is_gone(case: Case, lead: Client) -> None:
    form = form_of(lead, add_page(Party), label="Anna")
    lead.post(add_page(Party), form)
    delete_row(by=make.CONSOLE, row=Party.objects.get())
    answer = lead.post(add_page(Party), form, follow=True)
    assert "not there any more" in answer.content.decode()
    assert not Party.objects.exists()


# --- texts ---


def test_a_captured_text_is_read_only_and_stays_as_it_is(case: Case, lead: Client) -> None:
    text = "\n  The bridge \r\n is open.\rSo they say. \n"
    document = make.make_document(case, text, title="  Bridges ", language="en")
    before = Document.objects.values().get(), DocumentVersion.objects.values().get()
    form = form_of(lead, page_of(document))
    assert "text" not in form  # it never comes back through a form
    assert lead.post(page_of(document), form).status_code == 302
    assert (Document.objects.values().get(), DocumentVersion.objects.values().get()) == before
    version = make.version_of(document)
    page = lead.get(page_of(version)).content.decode()
    assert "captured-text" in page
    assert "<textarea" not in page
    assert lead.post(page_of(version), {"text": "other"}).status_code == 403
    assert DocumentVersion.objects.values().get() == before[1]


@pytest.mark.parametrize("bad", ["\x00", "\ud800"])
def test_what_no_database_holds_is_refused_at_its_field(case: Case, lead: Client, bad: str) -> None:
    form = form_of(lead, add_page(Party), label=f"An{bad}na")
    if bad == "\ud800":
        form["label"] = b"An\xed\xa0\x80na"  # what a broken client may send
    answer = lead.post(add_page(Party), form)
    assert answer.status_code in (200, 302)
    assert all("\x00" not in label and "\ud800" not in label for label in Party.objects.values_list("label", flat=True))
    assert lead.get(reverse("admin:sources_party_changelist")).status_code == 200


# --- deleting ---


def test_what_stands_in_the_way_of_a_delete_is_said_before(case: Case, lead: Client) -> None:
    claim = make.make_claim(case)
    party = make.make_party(case, "Anna")
    make.make_statement(claim, speaker=party)
    page = lead.get(page_of(party, "delete")).content.decode()
    assert "Cannot be deleted" in page
    assert "Anna asserts" in page
    assert 'value="Delete it"' not in page
    assert "Cannot be deleted" in lead.post(page_of(party, "delete"), {"post": "yes"}).content.decode()
    assert Party.objects.filter(pk=party.pk).exists()


def test_what_goes_along_is_said_before_and_may_be_taken_back(case: Case, lead: Client) -> None:
    party = make.make_party(case, "Anna")
    make.make_alias(case, party, "Annie")
    page = lead.get(page_of(party, "delete")).content.decode()
    assert "These go along with it" in page
    assert "Annie" in page
    assert lead.post(page_of(party, "delete"), {"post": "yes", "revision_seen": "1"}).status_code == 302
    assert not Party.objects.exists()
    act = ChangeItem.objects.filter(kind="party").latest("pk").change
    assert lead.post(reverse("admin:undo", args=[act.sequence])).status_code == 302
    assert [alias.name for alias in Party.objects.get(label="Anna").aliases.all()] == ["Annie"]


def test_a_row_that_changed_since_the_question_is_not_deleted(case: Case, lead: Client) -> None:
    party = make.make_party(case, "Anna")
    revise_row(by=make.CONSOLE, row=party, values={"label": "Anja"})
    answer = lead.post(page_of(party, "delete"), {"post": "yes", "revision_seen": "1"}, follow=True)
    assert "someone has changed it since you looked" in answer.content.decode()
    assert Party.objects.filter(pk=party.pk).exists()


# --- cases, members, the ledger ---


def test_who_opens_a_case_leads_it_and_works_in_it() -> None:
    client = client_of(new_account())
    answer = client.post(add_page(Case), form_of(client, add_page(Case), title="Bridges"), follow=True)
    assert answer.context["current_case"].title == "Bridges"
    assert CaseMembership.objects.get().role == Role.LEAD


def test_the_chosen_case_is_remembered_and_kept_to(case: Case) -> None:
    other = make.make_case()
    here, there = make.make_party(case, "Anna here"), make.make_party(other, "Anna there")
    client = client_of(new_account())
    client.post(reverse("admin:switch-case"), {"case": str(case.uid), "next": "/admin/"})
    page = client.get(reverse("admin:sources_party_changelist")).content.decode()
    assert here.label in page
    assert there.label not in page
    client.post(reverse("admin:switch-case"), {"case": "", "next": "https://elsewhere.example/"})
    page = client.get(reverse("admin:sources_party_changelist")).content.decode()
    assert here.label in page
    assert there.label in page


def test_a_role_is_given_changed_and_taken_by_a_lead(case: Case, lead: Client) -> None:
    user = new_account()
    form = form_of(lead, add_page(CaseMembership), user=str(user.pk), role="annotator")
    assert lead.post(add_page(CaseMembership), form).status_code == 302
    member = CaseMembership.objects.get(user=user)
    annotator = client_of(user)
    annotator.post(reverse("admin:switch-case"), {"case": str(case.uid)})
    assert annotator.get(add_page(CaseMembership)).status_code == 403
    party = make.make_party(case)
    assert annotator.post(page_of(party), form_of(annotator, page_of(party), label="Anja")).status_code == 302
    assert lead.post(page_of(member), form_of(lead, page_of(member), role="reader")).status_code == 302
    party.refresh_from_db()
    assert annotator.post(page_of(party), {"label": "Other"}).status_code == 403  # at the next request
    assert lead.post(page_of(member, "delete"), {"post": "yes"}).status_code == 302
    assert not CaseMembership.objects.filter(user=user).exists()


def test_a_lead_who_was_made_an_annotator_cannot_take_that_back(case: Case, lead: Client) -> None:
    second = new_account(case, Role.LEAD)
    client = client_of(second)
    member = CaseMembership.objects.get(user=second)
    client.post(page_of(member), form_of(client, page_of(member), role="annotator"))  # by their own hand
    act = ChangeItem.objects.filter(kind="casemembership").latest("pk").change
    assert act.actor == second
    page = client.get(reverse("admin:sources_change_change", args=[act.pk])).content.decode()
    assert "Take this back" not in page
    client.post(reverse("admin:undo", args=[act.sequence]))
    member.refresh_from_db()
    assert member.role == "annotator"


def test_history_tells_each_field_in_words(case: Case, lead: Client) -> None:
    party = make.make_party(case, "Anna", kind="person")
    lead.post(page_of(party), form_of(lead, page_of(party), kind="government"))
    page = lead.get(page_of(party, "history")).content.decode()
    assert "changed a party" in page
    assert "government body" in page
    assert "revise_party" not in page


def test_every_act_of_the_code_has_words() -> None:
    root = Path(__file__).parents[2]
    code = "".join(path.read_text() for app in ("sources", "claims") for path in (root / app).glob("*.py"))
    acts = set(re.findall(r'\.act\(\s*"([a-z_]+)"', code)) | set(re.findall(r'_rate\(by, case, "([a-z_]+)"', code))
    assert len(acts) > 20
    assert [act for act in sorted(acts) if tell_act(act) == act.replace("_", " ")] == []


def test_what_is_done_to_any_row_has_words() -> None:
    changed = {resource.model.record_kind() for path, method, resource, _ in routes() if method == "PATCH"}
    deleted = {resource.model.record_kind() for path, method, resource, action in routes() if action == "destroy"}
    for admin in (admin for admin in site._registry.values() if isinstance(admin, RecordAdmin)):
        if admin.is_changed_here:
            changed.add(admin.model.record_kind())
            deleted.add(admin.model.record_kind())
    acts = {f"revise_{kind}" for kind in changed} | {f"delete_{kind}" for kind in deleted}
    assert "delete_excerpt" in acts
    assert [act for act in sorted(acts) if tell_act(act) == act.replace("_", " ")] == []


def test_nobody_writes_the_ledger(case: Case) -> None:
    admin = client_of(new_account(is_superuser=True))
    item = ChangeItem.objects.earliest("pk")
    assert admin.get(reverse("admin:sources_change_add")).status_code == 403
    page = reverse("admin:sources_change_change", args=[item.change_id])
    assert 'name="act"' not in admin.get(page).content.decode()
    assert admin.post(reverse("admin:sources_change_delete", args=[item.change_id]), {"post": "yes"}).status_code == 403
