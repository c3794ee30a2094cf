"""Statements and relations in the admin: words looked up, chains in order, judged by questions, reviewed in bulk."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from claims.models import Claim, ClaimRelation, CredibilityRating, Statement
from claims.recording import delete_statement, revise_statement, withdraw_statement
from sources.choices import Judgement, Role
from sources.models import Case, Document, Party, ReliabilityRating
from tests import factories as make
from tests.forms import client_of, form_of, new_account, read_form

pytestmark = pytest.mark.django_db

ADD = "/admin/claims/statement/add/"
LIST = "/admin/claims/statement/"


@pytest.fixture
def case() -> Case:
    return make.make_case()


@pytest.fixture
def document(case: Case) -> Document:
    return make.make_document(case, title="The Bridge News")


@pytest.fixture
def lead(case: Case) -> Client:
    return client_of(new_account(case, Role.LEAD))


@pytest.fixture
def annotator(case: Case) -> Client:
    return client_of(new_account(case, Role.ANNOTATOR))


def page_of(row: Any, name: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def below(section: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """Return rows of an inline as a form sends them."""
    data: dict[str, Any] = {f"{section}-TOTAL_FORMS": len(rows), f"{section}-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        data |= {f"{section}-{place}-{name}": value for name, value in row.items()}
    return data


def stated(client: Client, claim: Claim, speaker: Party, document: Document, **typed: Any) -> dict[str, Any]:
    """Return the form of a new statement."""
    fields = {"claim": claim.pk, "speaker": speaker.pk, "document": document.pk, "stance": "denies", "voice": "party"}
    return form_of(client, ADD, **{**fields, **typed})


def test_a_statement_with_words_chain_and_further_words(case: Case, document: Document, annotator: Client) -> None:
    claim, anna, boris = make.make_claim(case), make.make_party(case, "Anna"), make.make_party(case, "Boris")
    form = stated(annotator, claim, boris, document, quote="denied that the bridge was open")
    form |= below(
        "relays", {"party": anna.pk, "hop": "2", "attitude": "disputes"}, {"is_gap": "on", "attitude": "neutral"}
    )
    form |= below("evidence", {"role": "cue", "quote": "denied"}, {"role": "source", "quote": "Boris"})
    assert annotator.post(ADD, form).status_code == 302
    statement = Statement.objects.get()
    assert (statement.stance, statement.excerpt.exact) == ("denies", "denied that the bridge was open")
    assert [(r.hop, r.party, r.is_gap) for r in statement.relays.order_by("hop")] == [(1, anna, False), (2, None, True)]
    assert {(e.role, e.excerpt.exact) for e in statement.evidence.all()} == {("cue", "denied"), ("source", "Boris")}
    page = annotator.get(LIST).content.decode()
    for told in ("Boris", "denies", claim.text, '<q dir="auto">denied that the bridge was open</q>', "The Bridge News"):
        assert told in page


def test_words_that_are_not_there_are_refused_at_their_field(case: Case, document: Document, annotator: Client) -> None:
    claim, anna = make.make_claim(case), make.make_party(case, "Anna")
    form = stated(annotator, claim, anna, document, quote="the bridge was closed")
    form |= below("relays", {"party": anna.pk, "attitude": "neutral"}) | below(
        "evidence", {"role": "cue", "quote": "said"}
    )
    answer = annotator.post(ADD, form)
    assert "quote" in answer.context["adminform"].form.errors
    again = read_form(answer)
    assert (again["quote"], again["relays-0-party"], again["evidence-0-quote"]) == (
        "the bridge was closed",
        str(anna.pk),
        "said",
    )
    assert not Statement.objects.exists()
    answer = annotator.post(ADD, {**again, "quote": "the bridge was open"})  # twice in the text
    assert "quote" in answer.context["adminform"].form.errors
    answer = annotator.post(ADD, {**read_form(answer), "words_before": "denied that "})
    assert (
        "a party stands at most once in a chain" in answer.content.decode()
    )  # Anna speaks and relays: said at the hop
    assert annotator.post(ADD, {**read_form(answer), "relays-0-party": "", "relays-0-is_gap": "on"}).status_code == 302
    assert Statement.objects.get().excerpt.start == make.TEXT.index("the bridge was open", 40)


def test_an_untouched_statement_stays_as_it_is(case: Case, document: Document, annotator: Client) -> None:
    anna = make.make_party(case, "Anna")
    statement = make.make_statement(
        make.make_claim(case),
        document=document,
        quote="Anna said the bridge was open.",
        relays=[anna],
        evidence=[("cue", "said")],
    )
    before = Statement.objects.values().get()
    assert annotator.post(page_of(statement), form_of(annotator, page_of(statement))).status_code == 302
    assert Statement.objects.values().get() == before


def test_a_stale_statement_tells_of_its_chain_and_keeps_what_was_typed(
    case: Case, document: Document, annotator: Client
) -> None:
    anna, boris, clara = (make.make_party(case, name) for name in ("Anna", "Boris", "Clara"))
    statement = make.make_statement(make.make_claim(case), document=document, relays=[anna], evidence=[("cue", "said")])
    form = form_of(annotator, page_of(statement), cue="typed here")
    form["relays-0-party"] = str(clara.pk)
    from claims.models import Relay

    revise_statement(by=make.CONSOLE, statement=Statement.objects.get(), values={}, relays=[Relay(party=boris)])
    answer = annotator.post(page_of(statement), form)
    page = answer.content.decode()
    assert "Someone else has changed this" in page
    assert "Boris" in page
    again = read_form(answer)
    assert (again["cue"], again["relays-0-party"]) == ("typed here", str(clara.pk))
    assert [relay.party for relay in statement.relays.all()] == [boris]
    assert annotator.post(page_of(statement), again).status_code == 302
    assert [relay.party for relay in statement.relays.all()] == [clara]
    assert Statement.objects.get().cue == "typed here"


def test_relations_are_asked_for_in_two_questions(case: Case, lead: Client) -> None:
    a, b = make.make_claim(case), make.make_claim(case)
    add = reverse("admin:claims_claimrelation_add")
    typed = {
        "claim_a": a.pk,
        "claim_b": b.pk,
        "kind": "contradicts",
        "judgement": "positive",
        "rationale": "Read both.",
    }
    answer = lead.post(add, form_of(lead, add, **typed))
    assert "both_true" in answer.context["adminform"].form.errors
    answer = lead.post(add, form_of(lead, add, **typed, both_true="no", both_false="yes"))
    assert answer.status_code == 302, answer.context["errors"]
    relation = ClaimRelation.objects.get()
    assert (relation.strength, relation.judgement) == ("contrary", Judgement.POSITIVE)
    form = form_of(lead, page_of(relation))
    assert (form["both_true"], form["both_false"]) == ("no", "yes")
    assert lead.post(page_of(relation), form | {"both_false": "no"}).status_code == 302
    relation.refresh_from_db()
    assert relation.strength == "contradictory"


def test_an_annotator_proposes_and_does_not_judge(case: Case, annotator: Client) -> None:
    a, b = make.make_claim(case), make.make_claim(case)
    add = reverse("admin:claims_claimrelation_add")
    page = annotator.get(add)
    assert "judgement" not in page.context["adminform"].form.fields
    form = read_form(page, claim_a=a.pk, claim_b=b.pk, kind="entails", judgement="positive")
    assert annotator.post(add, form).status_code == 302
    assert ClaimRelation.objects.get().judgement == Judgement.UNJUDGED


def test_many_are_reviewed_at_once_by_a_lead(case: Case, document: Document, lead: Client, annotator: Client) -> None:
    rows = [make.make_statement(make.make_claim(case), document=document) for _ in range(3)]
    chosen = {"_selected_action": [row.pk for row in rows[:2]], "action": "accept"}
    assert 'value="accept"' not in annotator.get(LIST).content.decode()
    annotator.post(LIST, chosen)
    assert set(Statement.objects.values_list("review", flat=True)) == {"draft"}
    page = lead.post(LIST, chosen, follow=True).content.decode()
    assert "2 statements are now: accepted." in page
    assert sorted(Statement.objects.values_list("review", flat=True)) == ["accepted", "accepted", "draft"]


def act(client: Client, statement: Statement, name: str, seen: int | None = None) -> str:
    """Do one act on a statement at the revision that its page shows, or another, and return the page that follows."""
    address = reverse("admin:act-on-statement", args=[statement.pk, name])
    page = client.get(page_of(statement)).content.decode()
    form = page.partition(f'action="{address}"')[2].partition("</form>")[0]
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form)) if seen is None else {f"seen-{statement.pk}": seen}
    return client.post(address, sent, follow=True).content.decode()


def test_one_is_withdrawn_and_put_back(case: Case, document: Document, annotator: Client) -> None:
    statement = make.make_statement(make.make_claim(case), document=document)
    for name, withdrawn in (("withdraw", True), ("reinstate", False)):
        page = act(annotator, statement, name)
        statement.refresh_from_db()
        assert (statement.withdrawn_at is not None) is withdrawn
        assert f"Statement · {'withdrawn' if withdrawn else 'draft'}" in page
    for name in ("accept", "delete_record"):  # a lead's; none of those offered
        assert "is not yours to do" in act(annotator, statement, name, seen=statement.revision)
    statement.refresh_from_db()
    assert statement.review == "draft"


def test_an_act_on_what_another_changed_meanwhile_is_refused(case: Case, document: Document, lead: Client) -> None:
    statement = make.make_statement(make.make_claim(case), document=document)
    seen = statement.revision
    revise_statement(by=make.CONSOLE, statement=Statement.objects.get(), values={"cue": "let slip"})
    for name in ("accept", "withdraw"):
        page = act(lead, statement, name, seen=seen)
        assert "someone else has changed it since you looked" in page
        assert "let slip</td>" in page
    assert "someone else has changed it" in act(lead, statement, "accept", seen=0)  # of what, it does not say
    statement.refresh_from_db()
    assert (statement.review, statement.withdrawn_at) == ("draft", None)
    assert "is now: accepted" in act(lead, statement, "accept")


def test_an_act_on_what_another_deleted_meanwhile_tells_of_it(case: Case, document: Document, lead: Client) -> None:
    statement = make.make_statement(make.make_claim(case), document=document)
    address, sent = reverse("admin:act-on-statement", args=[statement.pk, "accept"]), {"uid_seen": statement.uid}
    delete_statement(by=make.CONSOLE, statement=statement)
    assert "deleted this statement" in lead.post(address, sent, follow=True).content.decode()


def test_rows_of_a_list_are_acted_on_as_the_list_showed_them(case: Case, document: Document, lead: Client) -> None:
    one, other, third = (make.make_statement(make.make_claim(case), document=document) for _ in range(3))
    sent = dict(re.findall(r'name="(seen-[0-9]+)" value="([0-9]+)"', lead.get(LIST).content.decode()))
    assert set(sent) == {f"seen-{row.pk}" for row in (one, other, third)}
    revise_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=one.pk), values={"cue": "let slip"})
    for name, done in (("accept", 0), ("withdraw", 1)):  # reviewed all or none, withdrawn one by one
        chosen = {"_selected_action": [one.pk, other.pk], "action": name}
        page = lead.post(LIST, {**sent, **chosen}, follow=True).content.decode()
        assert page.count("someone else has changed it since you looked") == 1
        assert "let slip</td>" in page
        touched = Statement.objects.exclude(review="draft") | Statement.objects.exclude(withdrawn_at=None)
        assert touched.count() == done


def test_both_axes_are_rated_and_no_rating_is_changed(case: Case, document: Document, annotator: Client) -> None:
    anna = make.make_party(case, "Anna")
    statement = make.make_statement(make.make_claim(case), speaker=anna, document=document)
    for model, name, row, grade in (
        (ReliabilityRating, "party", anna, "B"),
        (CredibilityRating, "statement", statement, "6"),
    ):
        add = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        page = annotator.get(page_of(row)).content.decode()
        assert f"{add}?{name}={row.pk}" in page
        form = form_of(annotator, f"{add}?{name}={row.pk}", grade=grade, rationale="Was right before.")
        assert annotator.post(add, form).status_code == 302
        rating: Any = model._default_manager.get()
        assert rating.analyst is not None
        assert annotator.post(page_of(rating), {"grade": "1"}).status_code == 403
        assert annotator.get(page_of(rating, "delete")).status_code == 403
        assert "Was right before." in annotator.get(page_of(row)).content.decode()


@pytest.mark.parametrize(
    ("filtered", "found"),
    [
        ("stance__exact=denies", {"Boris"}),
        ("review__exact=accepted", {"Anna"}),
        ("contested=yes", {"Anna", "Boris"}),
        ("contested=no", {"Clara"}),
        ("is_live=no", {"Dora"}),
        ("q=ELAN", {"Clara"}),
    ],
)
def test_lists_are_filtered_and_searched(case: Case, lead: Client, filtered: str, found: set[str]) -> None:
    claim, other = make.make_claim(case), make.make_claim(case, "The Élan crossed the bridge.")
    make.make_statement(claim, speaker=make.make_party(case, "Anna"), review="accepted")
    make.make_statement(claim, speaker=make.make_party(case, "Boris"), stance="denies")
    make.make_statement(other, speaker=make.make_party(case, "Clara"))
    gone = make.make_statement(make.make_claim(case), speaker=make.make_party(case, "Dora"))
    withdraw_statement(by=make.CONSOLE, statement=gone)
    rows = lead.get(f"{LIST}?{filtered}").context["cl"].result_list
    names = {row.speaker.label for row in rows}
    assert names == (found | {"Dora"} if filtered == "contested=no" else found)


def test_filters_by_speaker_relay_and_document(case: Case, document: Document, lead: Client) -> None:
    anna, boris = make.make_party(case, "Anna"), make.make_party(case, "Boris")
    said = make.make_statement(make.make_claim(case), speaker=anna, document=document, relays=[boris])
    make.make_statement(make.make_claim(case), speaker=boris, document=make.make_document(case, title="Other"))
    for filtered in (f"speaker={anna.uid}", f"through={boris.uid}", f"document={document.uid}"):
        assert list(lead.get(f"{LIST}?{filtered}").context["cl"].result_list) == [said]
    assert len(lead.get(f"{LIST}?speaker=nonsense").context["cl"].result_list) == 2


def test_who_only_reads_sees_the_words_and_no_way_to_merge(case: Case, document: Document) -> None:
    claim = make.make_claim(case)
    row = make.make_statement(claim, document=document, quote="The mayor would not say", evidence=[("cue", "denied")])
    reader = client_of(new_account(case, Role.READER))
    page = reader.get(reverse("admin:claims_statement_change", args=[row.pk])).content.decode()
    for told in ("The mayor would not say</q>", '<q dir="auto">denied</q>', "The Bridge News"):
        assert told in page
    assert ">None<" not in page
    for who, n in ((Role.READER, 0), (Role.ANNOTATOR, 0), (Role.LEAD, 1)):
        client = client_of(new_account(case, who))
        pages = [reverse("admin:claims_claim_change", args=[claim.pk])]
        pages.append(reverse("admin:sources_party_change", args=[row.speaker_id]))
        for address in pages:
            assert client.get(address).content.decode().count("Merge into another") == n, (who, address)
