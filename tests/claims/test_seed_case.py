"""What one article says of Jisr al-Shughur, read off the seed case in words: who, on whose word, against whom."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claims.choices import Attitude, Stance
from claims.conflicts import Conflict, contested_in, count_conflicts, find_conflicts, opposing_to
from claims.contesting import suggest_accounts
from claims.exchange.bundle import read_bundle
from claims.exchange.importing import import_bundle
from claims.models import Claim, Evidence, Question, Statement
from claims.reading import StatementRow, read_statements
from claims.standpoint import Standpoint
from sources.models import BundleKey, Case, Document, DocumentVersion, Excerpt, Party, PartyLink
from tests import factories as make
from tests.keeping import filled

pytestmark = pytest.mark.django_db

SEED = Path(__file__).parents[2] / "seeds" / "jisr_al_shughur"
ARTICLE = "1864197a2eb8ba7c24403659a87bd679cc284a869ac8fbeff6e27b173fb47c02"


@pytest.fixture(scope="module")
def case(django_db_setup: None, django_db_blocker: Any) -> Iterator[Case]:
    with filled(django_db_blocker):
        yield import_bundle(by=make.CONSOLE, bundle=read_bundle(SEED)).case


@pytest.fixture
def rows(case: Case, db: None) -> dict[str, StatementRow]:
    """The statements of the case by the bundle's keys."""
    keys = dict(BundleKey.objects.filter(case=case, kind="statement").values_list("uid", "key"))
    return {keys[row.uid]: row for row in read_statements(Statement.objects.filter(case=case))}


def key_of(row: StatementRow) -> str:
    return BundleKey.objects.get(kind="statement", uid=row.uid).key


def claim(key: str) -> Claim:
    return Claim.objects.get(uid=BundleKey.objects.get(kind="claim", key=key).uid)


def said(row: StatementRow) -> tuple[str, str, str]:
    """Return who, what stance, on what."""
    return row.speaker_label or row.voice, row.stance, row.claim_text


def conflicts(case: Case, tensions: str = "without") -> dict[frozenset[str], Conflict]:
    """Return the conflicts by the keys of the two statements."""
    found = find_conflicts(case, tensions=tensions, limit=1000)
    return {frozenset((key_of(one.left), key_of(one.right))): one for one in found}


def test_a_first_comparison_is_of_the_four_who_collide_over_most_claims(case: Case) -> None:
    assert [party.label for party in suggest_accounts(Standpoint(case))] == [
        "Residents of Jisr al-Shughur",
        "Syrian government",
        "Human rights activists",
        "al-Jazeera",
    ]


# --- the text ---


def test_the_article_is_captured_byte_for_byte(case: Case) -> None:
    data = (SEED / "article.txt").read_bytes()
    version = DocumentVersion.objects.get(case=case)
    assert hashlib.sha256(data).hexdigest() == version.sha256 == ARTICLE
    assert version.text.encode() == data
    assert not version.is_complete


def test_every_quotation_is_verbatim_damage_included(case: Case) -> None:
    text = (SEED / "article.txt").read_text("utf-8")
    for excerpt in Excerpt.objects.filter(case=case):
        assert text[excerpt.start : excerpt.end] == excerpt.exact
    words = set(Excerpt.objects.filter(case=case).values_list("exact", flat=True))
    assert "Syrian troops have committed atrocities” against anti-government demonstrators" in words
    assert "They are killing children and women" in words


def test_nothing_is_told_of_the_document_that_is_not_in_it(case: Case) -> None:
    document = Document.objects.get(case=case)
    assert (document.publisher, document.byline, document.web_url, document.published_at) == (None, "", "", None)
    assert not Statement.objects.filter(case=case, said_at__isnull=False).exists()


def test_every_paragraph_is_read(case: Case) -> None:
    """No stretch of the article is left without a word that some statement rests on."""
    text = (SEED / "article.txt").read_text("utf-8")
    spans = list(Excerpt.objects.filter(case=case).values_list("start", "end"))
    at = 0
    for line in text.split("\n"):
        if line:
            assert any(start < at + len(line) and end > at for start, end in spans), line
        at += len(line) + 1


# --- who says what, through whom ---


def test_the_government_speaks_through_state_television(rows: dict[str, StatementRow]) -> None:
    for key in ("government-restore-order", "government-arrest", "government-armed-killed"):
        row = rows[key]
        assert row.speaker_label == "Syrian government"
        assert [relay.label for relay in row.relays] == ["Syrian state TV"]
        assert row.framing == Attitude.DISTANCES  # "claim"
    # What "State TV also alleged" is state television's own word, and not the government's as well.
    assert said(rows["tv-requested"])[0] == "Syrian state TV"
    assert rows["tv-requested"].framing == Attitude.DISTANCES


def test_what_is_alleged_keeps_the_authors_distance(rows: dict[str, StatementRow]) -> None:
    row = rows["government-killed-120"]
    assert said(row) == ("Syrian government", "asserts", "120 security officers were killed.")
    assert row.framing == Attitude.DISTANCES
    assert {excerpt.exact for role, excerpt in row.evidence if role == "cue"} == {"claims", "alleged"}


def test_reportedly_is_nobody_and_the_authors_own_voice_is_the_authors(rows: dict[str, StatementRow]) -> None:
    assert (rows["reportedly-deployed"].voice, rows["reportedly-deployed"].cue) == ("undisclosed", "reportedly")
    own = {row.claim_text for row in rows.values() if row.voice == "author"}
    assert "Wounded people have been carried by ambulance to hospitals in Antakya." in own
    assert "Turkey is bracing for the arrival of more Syrians." in own
    # The last paragraph breaks off before it says who speaks.
    assert {rows[key].voice for key in ("cut-off-difficult", "cut-off-killing")} == {"undisclosed"}


def test_fears_beliefs_and_what_was_seen_are_told_apart(rows: dict[str, StatementRow]) -> None:
    fear = rows["residents-fear"]
    assert (fear.speaker_label, fear.attribution_type, fear.certainty) == (
        "Residents of Jisr al-Shughur",
        "belief",
        "possible",
    )
    assert rows["refugee-shot-at-fleeing"].basis == "witnessed"
    assert rows["correspondent-immense"].certainty == "certain"
    assert rows["correspondent-showdown"].basis == "inferred"


def test_the_refugee_speaks_through_al_jazeera_and_the_others_through_the_bbc(rows: dict[str, StatementRow]) -> None:
    through: dict[str, set[str]] = {}
    for row in rows.values():
        if row.speaker_label and "refugee" in row.speaker_label:
            through.setdefault(row.speaker_label, set()).update(relay.label or "" for relay in row.relays)
    assert through == {
        "Syrian refugee who spoke to al-Jazeera": {"al-Jazeera"},
        "Syrian refugee who spoke to the BBC": {"BBC"},
        "Another refugee who spoke to the BBC": {"BBC"},
    }
    assert [relay.label for relay in rows["erdogan-atrocities"].relays] == ["Turkish media"]
    assert [relay.is_gap for relay in rows["erdogan-savagery"].relays] == [True]  # which channel is not said


def test_two_unnamed_refugees_are_not_joined(case: Case) -> None:
    assert Party.objects.filter(case=case, label__icontains="refugee").count() == 3
    same = PartyLink.objects.filter(case=case, kind="same_as")
    assert sorted(same.values_list("judgement", flat=True)) == ["negative", "unsure", "unsure"]


def test_one_sentence_of_two_officials_is_two_statements_and_one_utterance(rows: dict[str, StatementRow]) -> None:
    un, turkish = rows["un-officials-crossed"], rows["turkish-officials-crossed"]
    assert un.utterance == turkish.utterance is not None
    assert un.speaker != turkish.speaker
    crossed = claim("crossed-2400")
    assert (crossed.quantity_low, crossed.quantity_high, crossed.unit) == (2400, None, "Syrians")
    soldiers = claim("soldiers-30000")
    assert (soldiers.quantity_low, soldiers.quantity_approximate) == (30000, True)
    assert claim("camp-capacity").quantity_high == 5000


def test_an_antecedent_stands_behind_every_they(case: Case) -> None:
    they = Statement.objects.filter(case=case, excerpt__exact__istartswith="they ", speaker__isnull=False)
    assert they.count() >= 4
    for statement in they:
        assert Evidence.objects.filter(statement=statement, role__in=("antecedent", "source")).exists(), statement


# By claim, each (who, stance, through whom), by the keys of the bundle; a gap is ….
SAID = {
    "deployed": {("undisclosed", "asserts", ())},
    "massacre": {("residents", "asserts", ())},
    "killed-120": {("syrian-government", "asserts", ())},
    "armed-killed": {("syrian-government", "asserts", ("state-tv",))},
    "troops-killed": {("activists", "asserts", ())},
    "restore-order": {("syrian-government", "asserts", ("state-tv",))},
    "arrest-armed": {("syrian-government", "asserts", ("state-tv",))},
    "residents-requested": {
        ("state-tv", "asserts", ()),
        ("refugee-al-jazeera", "denies", ("al-jazeera",)),
    },
    "asked-for-help": {("refugee-al-jazeera", "denies", ("al-jazeera",))},
    "haven": {
        ("syrian-government", "asserts", ("refugee-al-jazeera", "al-jazeera")),
        ("refugee-al-jazeera", "denies", ("al-jazeera",)),
    },
    "residents-sheltered": {
        ("undisclosed", "asserts", ("refugee-al-jazeera", "al-jazeera")),
        ("refugee-al-jazeera", "denies", ("al-jazeera",)),
    },
    "soldiers-burned": {("refugee-al-jazeera", "asserts", ("al-jazeera",))},
    "gangs-burning": {("state-tv", "asserts", ("correspondent",)), ("correspondent", "leaves_open", ())},
    "fields-burning": {("correspondent", "asserts", ())},
    "crossed-2400": {("un-officials", "asserts", ()), ("turkish-officials", "asserts", ())},
    "atrocities": {("erdogan", "asserts", ("turkish-media",))},
    "humane": {("erdogan", "denies", ("…",))},
    "savagery": {("erdogan", "asserts", ("…",))},
    "soldiers-30000": {("refugee-bbc", "asserts", ("bbc",))},
    "preparing-attack": {("refugee-bbc-another", "asserts", ("bbc",))},
    "children-women-killed": {("undisclosed", "asserts", ())},
}


def test_who_says_what_through_whom(rows: dict[str, StatementRow]) -> None:
    party = dict(BundleKey.objects.filter(kind="party").values_list("uid", "key"))
    found: dict[str, set[tuple[str, str, tuple[str, ...]]]] = {}
    for row in rows.values():
        who = party[row.speaker] if row.speaker else row.voice
        through = tuple(party[relay.party] if relay.party else "…" for relay in row.relays)
        told = found.setdefault(BundleKey.objects.get(kind="claim", uid=row.claim).key, set())
        told.add((who, row.stance, through))
    assert {key: found[key] for key in SAID} == SAID


# --- what collides ---


def test_who_killed_the_officers(case: Case) -> None:
    """The government, through state television: armed members. Activists: government troops."""
    one = conflicts(case)[frozenset(("government-armed-killed", "activists-troops-killed"))]
    assert (one.meeting.basis, one.meeting.strength, one.aspects) == ("relation", "contrary", ("who",))
    assert (one.same_account, one.changed, one.opponent_reported) == (False, False, [])
    question = Question.objects.get(text="Who killed the 120 security officers?")
    assert question.claims.count() == 2


def test_who_burned_the_fields(case: Case, rows: dict[str, StatementRow]) -> None:
    """State television, relayed by a correspondent who keeps her distance: gangs. The refugee: soldiers."""
    one = conflicts(case)[frozenset(("tv-gangs-burning", "refugee-burned"))]
    assert (one.meeting.basis, one.meeting.strength, one.aspects) == ("relation", "contrary", ("who",))
    assert one.opponent_reported == []  # a distance is no denial
    relay = rows["tv-gangs-burning"].relays[0]
    assert (relay.label, relay.attitude) == ("Al-Jazeera correspondent", "distances")
    # She herself leaves it open, which is no denial, and holds that the fields burn, which nobody disputes.
    assert rows["correspondent-open-gangs"].stance == Stance.LEAVES_OPEN
    assert not any("correspondent-open-gangs" in pair for pair in conflicts(case, "with"))
    assert opposing_to({claim("fields-burning").pk: case.pk})[claim("fields-burning").pk] == []


def test_who_called_the_army(case: Case) -> None:
    """State television: the residents asked for it. The refugee denies it."""
    one = conflicts(case)[frozenset(("tv-requested", "refugee-denies-requested"))]
    assert (one.meeting.basis, one.meeting.strength, one.path) == ("denial", "contradictory", [])
    assert one.opponent_reported == []


def test_who_sheltered_gangs(case: Case) -> None:
    """That the government said so is known only through him who denies it; of the other charge not even whose it is."""
    for charge, denial in (
        ("government-haven", "refugee-denies-haven"),
        ("undisclosed-sheltered", "refugee-denies-sheltered"),
    ):
        one = conflicts(case)[frozenset((charge, denial))]
        assert (one.meeting.basis, one.meeting.strength) == ("denial", "contradictory")
        charged = "left" if key_of(one.left) == charge else "right"
        assert one.opponent_reported == [charged]


def test_what_the_troops_came_to_do(case: Case, rows: dict[str, StatementRow]) -> None:
    """To restore order and make arrests, says the government; what others foresee, fear and see is read beside it."""
    tensions = conflicts(case, "only")
    beside = {
        key: {next(iter(pair - {key})) for pair in tensions if key in pair}
        for key in ("government-restore-order", "government-arrest")
    }
    told = {"residents-fear", "another-attack", "refugee-firing", "refugee-shot-at-fleeing"}
    assert beside["government-arrest"] == told
    # A crackdown is no other purpose than arrests; what will be immense is planned.
    assert beside["government-restore-order"] == told | {"correspondent-planned", "correspondent-immense"}
    assert all(tension.meeting.strength == "tension" for tension in tensions.values())
    assert not any("cut-off-killing" in pair for pair in tensions)  # whether "they" are the troops is not judged


def test_these_and_no_others_are_contradictions(case: Case) -> None:
    assert set(conflicts(case)) == {
        frozenset(pair)
        for pair in (
            ("government-armed-killed", "activists-troops-killed"),
            ("tv-gangs-burning", "refugee-burned"),
            ("tv-requested", "refugee-denies-requested"),
            ("government-haven", "refugee-denies-haven"),
            ("undisclosed-sheltered", "refugee-denies-sheltered"),
        )
    }
    counts = count_conflicts(case)
    assert (counts["contradictory"], counts["contrary"]) == (3, 2)


def test_where_the_troops_are_is_read_together(case: Case) -> None:
    tensions = conflicts(case, "only")
    for pair in (
        ("reportedly-deployed", "refugee-bbc-30000"),
        ("reportedly-deployed", "another-attack"),
        ("residents-fear", "tv-requested"),
    ):
        assert frozenset(pair) in tensions


def test_what_agrees_or_says_less_does_not_collide(case: Case) -> None:
    together = set(conflicts(case, "with"))
    for one, other in (
        ("erdogan-not-humane", "erdogan-savagery"),  # to deny the one and assert the other is consistent
        ("erdogan-not-humane", "erdogan-atrocities"),
        ("correspondent-open-gangs", "tv-gangs-burning"),  # to leave open is not to deny
        ("correspondent-open-gangs", "correspondent-fields-burning"),
        ("correspondent-fields-burning", "refugee-burned"),
        ("correspondent-fields-burning", "tv-gangs-burning"),
        ("government-killed-120", "activists-troops-killed"),  # both hold that officers were killed
        ("refugee-denies-help", "refugee-denies-requested"),
        ("un-officials-crossed", "turkish-officials-crossed"),
        ("government-restore-order", "government-arrest"),
        ("cut-off-killing", "government-restore-order"),  # only proposed, and judged unsure
        ("refugee-bbc-mutinied", "refugee-bbc-30000"),
    ):
        assert frozenset({one, other}) not in together


def test_these_and_no_others_are_contested(case: Case) -> None:
    contested = {found.text for found in Claim.objects.filter(pk__in=contested_in([case.pk]))}
    assert contested == {
        "“Armed members” killed the security personnel.",
        "Government troops killed the security forces.",
        "Armed gangs are burning the fields around Jisr al-Shughur.",
        "Soldiers have burned down all the crops in the surrounding fields.",
        "Residents of Jisr al-Shughur asked government troops to come into their town.",
        "Jisr al-Shughur was a haven for armed gangs.",
        "Residents of Jisr al-Shughur sheltered gangs.",
    }
    # A fear is no charge that anyone denies, and that officers were killed nobody disputes.
    for key in ("massacre", "killed-120", "officers-killed", "crossed-2400", "deployed"):
        assert claim(key).text not in contested
