"""What came in and was not touched goes out as it came; all else goes out in one way, and comes in again as it was."""

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.exchange.bundle import load_schema, read_bundle
from claims.exchange.exporting import dump_bundle, entries_of, export_case, write_bundle
from claims.exchange.formats import FORMATS
from claims.exchange.importing import import_bundle
from claims.models import Claim, ClaimRelation, Relay, Statement
from claims.recording import withdraw_statement
from sources.images import canonical
from sources.models import BundleKey, Case, Document, Party, PartyAlias
from sources.registering import revise_party
from sources.revising import delete_row, revise_row
from sources.text import sha256_of
from tests import factories as make

from .samples import CONTENT, FIRST, SECOND, SEED, Content, bring_in, sample, thing, undone

pytestmark = pytest.mark.django_db


def exported(case: Case, *, inline: bool = True) -> Content:
    """Return the bundle of a case as it would be read again."""
    content, files = export_case(case, inline=inline)
    assert bool(files) is not inline
    return json.loads(dump_bundle(content))


def held(case: Case) -> Content:
    """Return all that the rows of a case hold, spelled in the one canonical way, whatever a bundle has said."""
    keys = {key.uid: key.key for key in BundleKey.objects.filter(case=case)}
    entries, _ = entries_of(case, keys)
    return json.loads(json.dumps({section: list(rows.values()) for section, rows in entries.items()}))


def by_key(content: Content) -> Content:
    """Return a bundle with each section by the keys of its things."""
    return {
        name: {entry["key"]: entry for entry in value} if isinstance(value, list) else value
        for name, value in content.items()
    }


def row_of(model: Any, key: str) -> Any:
    return model.objects.get(uid=BundleKey.objects.get(kind=model.record_kind(), key=key).uid)


# --- what came in goes out as it came -------------------------------------------------------------------------------


def test_the_seed_case_goes_out_as_it_came_in(tmp_path: Path) -> None:
    case = import_bundle(by=make.CONSOLE, bundle=read_bundle(SEED)).case
    write_bundle(case, tmp_path / "out")
    names = {path.name for path in SEED.iterdir()}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names == {"case.json", "article.txt"}
    assert (tmp_path / "out" / "article.txt").read_bytes() == (SEED / "article.txt").read_bytes()
    out, came = (json.loads((folder / "case.json").read_bytes()) for folder in (tmp_path / "out", SEED))
    assert canonical(out) == canonical(came)  # PostgreSQL keeps the names of an object in an order of its own


def test_the_sample_is_spelled_in_the_canonical_way(tmp_path: Path) -> None:
    case = bring_in(tmp_path, sample()).case
    expected = sample()
    for document in expected["documents"]:
        document["versions"] = [
            {"sha256": sha256_of(version.pop("text")), **version} for version in document["versions"]
        ]
    del expected["schema"]
    expected["case"] = [expected["case"]]
    assert held(case) == expected


def _thing(section: str, which: str, **values: Any) -> Callable[[Content], None]:
    return lambda content: thing(content, section, which).update(values)


def _swap(section: str, which: str, one: str, other: str) -> Callable[[Content], None]:
    def bend(content: Content) -> None:
        entry = thing(content, section, which)
        entry[one], entry[other] = entry[other], entry[one]

    return bend


def _reorder(content: Content) -> None:
    for section in ("claims", "statements", "relations", "documents"):
        content[section].reverse()
    for index, entry in enumerate(content["claims"]):
        content["claims"][index] = dict(reversed(entry.items()))


SPELLINGS: dict[str, Callable[[Content], None]] = {
    "as the export spells it": lambda content: None,
    "with its defaults": lambda content: [
        thing(content, "parties", "anna").update(naming="named", description="", disambiguation="", shared=False),
        thing(content, "claims", "open").update(mode="fact", note="", quantity_approximate=False),
        thing(content, "statements", "boris-denies").update(
            {
                **{"voice": "party", "manner": "unclear", "framing": "neutral", "attribution_type": "assertion"},
                **{"certainty": "unstated", "basis": "unstated", "cue": "", "said_note": "", "version": 1},
                **{"withdrawn": False, "evidence": [], "relays": []},
            }
        ),
        thing(content, "documents", "leaflet").update(media_type="text/plain", byline=""),
        thing(content, "relations", "shut-or-stays").update(judgement="unjudged", aspects=[], rationale=""),
        thing(content, "relations", "crossed-hence-open").update(aspects=[]),
        thing(content, "documents", "leaflet")["versions"][0].update(is_complete=True),
    ],
    "with more context than it needs": lambda content: [
        thing(content, "statements", "anna-open").update(prefix="Anna said ", suffix=".\r\nBoris denied"),
        thing(content, "statements", "boris-denies").update(suffix="\n"),
    ],
    "with other words of context": lambda content: [
        thing(content, "statements", "anna-open").pop("prefix"),
        thing(content, "statements", "anna-open").update(suffix=".\r\n"),
    ],
    "a pair from the younger to the older": _swap("relations", "open-or-shut", "a", "b"),
    "a same_as from the younger to the older": _swap("party_links", "perhaps-one", "from", "to"),
    "a moment with another offset": _thing("statements", "anna-open", said_at="2025-04-28T12:00:00+02:00"),
    "a moment with a shorter fraction": _thing("utterances", "on-tuesday", said_at="2025-04-29T10:00:00.25Z"),
    "a number with a fraction of nothing": _thing("claims", "lorries", quantity_low=30.0),
    "aspects in another order": _thing("relations", "open-or-shut", aspects=["time", "what"]),
    "aliases in another order": _thing("parties", "anna", aliases=["A.", "Annie"]),
    "with its hashes": lambda content: [
        version.update(sha256=sha256_of(version["text"]))
        for document in content["documents"]
        for version in document["versions"]
    ],
    "in another order": _reorder,
    "with keys of any letters": lambda content: content["questions"].append({"key": "Wer? 谁 🌉/..", "text": "Who?"}),
}


@pytest.mark.parametrize("spelling", SPELLINGS, ids=str)
def test_a_bundle_goes_out_as_it_came_in(tmp_path: Path, spelling: str) -> None:
    content = sample()
    SPELLINGS[spelling](content)
    case = bring_in(tmp_path, content).case
    assert exported(case) == content
    # And so it does after a second import, which changes nothing.
    bring_in(tmp_path, content)
    assert exported(case) == content


@pytest.mark.parametrize("spelling", SPELLINGS, ids=str)
def test_however_it_is_spelled_the_rows_are_the_same(tmp_path: Path, spelling: str) -> None:
    plain, content = sample(), sample()
    SPELLINGS[spelling](content)
    with undone():
        expected = by_key(held(bring_in(tmp_path, plain).case))
    found = by_key(held(bring_in(tmp_path, content).case))
    if "letters" in spelling:
        del found["questions"]["Wer? 谁 🌉/.."]
    for told in (expected, found):  # an order that means nothing, and is kept as it was given
        told["parties"]["anna"]["aliases"].sort()
        told["relations"]["open-or-shut"]["aspects"].sort()
        for key in ("open-or-shut", "shut-or-stays"):  # of which neither end comes first
            relation = told["relations"][key]
            relation["a"], relation["b"] = sorted((relation["a"], relation["b"]))
    assert found == expected


def test_texts_go_out_beside_the_bundle_under_names_that_are_names(tmp_path: Path) -> None:
    content = sample()
    thing(content, "documents", "leaflet")["key"] = "../leaflet: “ünder”"
    thing(content, "statements", "boris-shut")["document"] = "../leaflet: “ünder”"
    case = bring_in(tmp_path, content).case
    told, files = export_case(case)
    assert files == {
        "article.txt": FIRST.encode(),
        "article-2.txt": SECOND.encode(),
        "---leaflet----nder-.txt": b"Boris: the bridge is shut.",
    }
    assert [version["text_file"] for version in told["documents"][0]["versions"]] == ["article.txt", "article-2.txt"]
    write_bundle(case, tmp_path / "out")
    again = read_bundle(tmp_path / "out")
    assert [version["text"] for version in again.section("documents")[0]["versions"]] == [FIRST, SECOND]


def test_documents_whose_keys_make_one_file_name_keep_their_own_texts(tmp_path: Path) -> None:
    content = sample()
    for number, key in enumerate(("note 1", "note/1", "note-1"), start=1):
        content["documents"].append({"key": key, "title": key, "versions": [{"text": f"Text {number}."}]})
    case = bring_in(tmp_path, content).case
    write_bundle(case, tmp_path / "out")
    texts = {
        document["key"]: [version["text"] for version in document["versions"]]
        for document in read_bundle(tmp_path / "out").section("documents")
    }
    assert [texts[key] for key in ("note 1", "note/1", "note-1")] == [["Text 1."], ["Text 2."], ["Text 3."]]


def test_the_version_of_one_document_does_not_take_the_file_of_another(tmp_path: Path) -> None:
    content = sample()
    content["documents"].append({"key": "article-2", "title": "Another", "versions": [{"text": "Another text."}]})
    case = bring_in(tmp_path, content).case
    write_bundle(case, tmp_path / "out")
    again = {entry["key"]: entry for entry in read_bundle(tmp_path / "out").section("documents")}
    assert [version["text"] for version in again["article"]["versions"]] == [FIRST, SECOND]
    assert [version["text"] for version in again["article-2"]["versions"]] == ["Another text."]


# --- what was touched goes out in one way ---------------------------------------------------------------------------


def test_what_somebody_changed_goes_out_as_it_is_now_and_the_rest_as_it_came(tmp_path: Path) -> None:
    content = sample()
    thing(content, "claims", "open").update(mode="fact")  # a spelling that the export would not choose
    thing(content, "claims", "shut").update(mode="fact")
    case = bring_in(tmp_path, content).case
    revise_row(by=make.CONSOLE, row=row_of(Claim, "open"), values={"text": "The old bridge is open."})
    withdraw_statement(by=make.CONSOLE, statement=row_of(Statement, "boris-shut"))
    revise_party(by=make.CONSOLE, party=row_of(Party, "boris"), values={}, aliases=["B."])
    found, expected = by_key(exported(case)), by_key(content)
    expected["claims"]["open"] = {
        **{name: value for name, value in expected["claims"]["open"].items() if name != "mode"},
        "text": "The old bridge is open.",
    }
    expected["statements"]["boris-shut"]["withdrawn"] = True
    expected["parties"]["boris"]["aliases"] = ["B."]
    assert found == expected


def test_what_was_changed_and_changed_back_goes_out_as_it_came(tmp_path: Path) -> None:
    content = sample()
    thing(content, "claims", "open").update(mode="fact")
    case = bring_in(tmp_path, content).case
    for text in ("The old bridge is open.", "The bridge is open."):
        revise_row(by=make.CONSOLE, row=row_of(Claim, "open"), values={"text": text})
    assert exported(case) == content


def test_what_was_deleted_does_not_go_out_and_what_is_new_does_under_its_id(tmp_path: Path) -> None:
    case = bring_in(tmp_path, sample()).case
    delete_row(by=make.CONSOLE, row=row_of(ClaimRelation, "shut-or-stays"))
    claim = make.make_claim(case, "The bridge is guarded.")
    relation = make.make_relation(claim, row_of(Claim, "open"), "supports", judgement="unjudged")
    expected = sample()
    expected["relations"].pop()
    expected["claims"].append({"key": f"claim-{claim.uid}", "text": "The bridge is guarded."})
    expected["relations"].append(
        {"key": f"claimrelation-{relation.uid}", "a": f"claim-{claim.uid}", "b": "open", "kind": "supports"}
    )
    assert exported(case) == expected


def test_a_changed_document_keeps_its_texts(tmp_path: Path) -> None:
    content = sample()
    thing(content, "documents", "leaflet")["versions"] = [{"text_file": "boris.txt"}]
    (tmp_path / "boris.txt").write_text("Boris: the bridge is shut.")
    case = bring_in(tmp_path, content).case
    revise_row(by=make.CONSOLE, row=row_of(Document, "leaflet"), values={"title": "The leaflet"})
    told, files = export_case(case)
    assert told["documents"][1]["title"] == "The leaflet"
    name = told["documents"][1]["versions"][0]["text_file"]
    assert files[name] == b"Boris: the bridge is shut."


# --- out, and in again ----------------------------------------------------------------------------------------------


def make_by_hand() -> Case:
    """Return a case that no bundle has brought in, with something of everything."""
    case = make.make_case(title="Made by hand", slug="by-hand", description="Fiction.")
    shared, unnamed = make.make_party(None, "The Daily Fiction", kind="media"), make.make_party(case, naming="unnamed")
    anna = make.make_party(case, "Anna")
    make.make_link(case, anna, shared, "speaks_for", judgement="unsure", rationale="She writes for it.")
    question = make.make_question(case)
    claims = [make.make_claim(case, question=question, quantity_low="2.5", unit="km"), make.make_claim(case)]
    document = make.make_document(case, FIRST, publisher=shared, published_at=make.NOW)
    first = make.make_statement(claims[0], speaker=anna, document=document, quote="“I was wrong,” Anna said")
    make.make_statement(
        claims[0],
        speaker=anna,
        stance="retracts",
        supersedes=first,
        document=document,
        quote="Nobody",
        relays=[unnamed, Relay(is_gap=True, attitude="distances"), shared],
        evidence=[("cue", "denied")],
        said_at=make.NOW,
    )
    make.make_statement(claims[1], voice="author", review="rejected", document=document)
    withdraw_statement(
        by=make.CONSOLE, statement=make.make_statement(claims[1], voice="undisclosed", document=document)
    )
    make.make_relation(claims[1], claims[0], "contradicts", "contrary", aspects=["who"], rationale="So it is.")
    return case


def make_from_sample(folder: Path) -> Case:
    return bring_in(folder, sample()).case


def make_from_seed(folder: Path) -> Case:
    return import_bundle(by=make.CONSOLE, bundle=read_bundle(SEED)).case


@pytest.mark.parametrize(
    "build", [lambda folder: make_by_hand(), make_from_sample, make_from_seed], ids=["by hand", "sample", "seed"]
)
def test_what_goes_out_comes_in_again_and_is_the_same(tmp_path: Path, build: Callable[[Path], Case]) -> None:
    with undone():
        case = build(tmp_path)
        before, rows_before = exported(case), held(case)
        write_bundle(case, tmp_path / "out")
    assert not Case.objects.exists()
    with undone():
        again = import_bundle(by=make.CONSOLE, bundle=read_bundle(tmp_path / "out")).case
        assert exported(again) == before
        # Not only remembered as it was told, but held.
        keys = {key.uid: key.key for key in BundleKey.objects.filter(case=again)}
        entries, texts = entries_of(again, keys)
        found = {section: list(rows.values()) for section, rows in entries.items()}
        assert by_key(found) == by_key(_with_keys(rows_before, before))
        assert sorted(texts.values()) == sorted(
            [version["text"] for version in document["versions"]] for document in before["documents"]
        )


def _with_keys(rows: Content, content: Content) -> Content:
    """Return what rows hold, the case under the key that its bundle has."""
    return {**rows, "case": [{**rows["case"][0], "key": content["case"]["key"]}]}


def test_what_goes_out_keeps_to_the_schema_and_names_no_user_time_or_id(tmp_path: Path) -> None:
    case = make_by_hand()
    told = exported(case)
    jsonschema.Draft202012Validator(load_schema()).validate(told)
    assert list(told) == ["schema", "case", *(form.section for form in FORMATS if form.section in told)]
    names = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            names.update(value)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(told)
    assert not names & {
        "id",
        "uid",
        "revision",
        "start",
        "end",
        "judged_by",
        "judged_at",
        "captured_at",
        "withdrawn_at",
    }


def test_the_names_of_a_thing_stand_in_the_order_of_the_schema(tmp_path: Path) -> None:
    told = exported(make_by_hand())
    schema = load_schema()
    for section, entries in told.items():
        if isinstance(entries, list):
            order = list(
                schema["$defs"][schema["properties"][section]["items"]["$ref"].rpartition("/")[2]]["properties"]
            )
            for entry in entries:
                assert list(entry) == [name for name in order if name in entry]


def test_two_exports_are_the_same_bytes(tmp_path: Path) -> None:
    case = make_by_hand()
    assert dump_bundle(export_case(case)[0]) == dump_bundle(export_case(case)[0])
    data = dump_bundle(export_case(case)[0])
    assert data.endswith(b"}\n")
    assert "“I was wrong,”".encode() in data  # every character as itself


def test_a_quotation_goes_out_with_as_few_words_as_make_it_the_only_one(tmp_path: Path) -> None:
    case = make.make_case()
    document = make.make_document(case, "One is one. Two is two, one is none, and one stays alone.")
    claim = make.make_claim(case)
    text = make.version_of(document).text
    for start in range(len(text) - 3):
        if text.startswith("one", start):
            make.make_statement(claim, document=document, voice="author", quote=None)
    make.make_statement(claim, document=document, voice="author", quote="Two is two")
    told = exported(case)["statements"]
    assert [entry for entry in told if entry["quote"] == "Two is two"] == [told[-1]]
    assert "prefix" not in told[-1]
    assert "suffix" not in told[-1]


def test_only_the_shared_parties_that_the_case_names_go_out_with_it(tmp_path: Path) -> None:
    case = make.make_case()
    roles = {role: make.make_party(None, role) for role in ("speaker", "relay", "publisher", "link", "nobody")}
    document = make.make_document(case, publisher=roles["publisher"])
    make.make_statement(make.make_claim(case), speaker=roles["speaker"], relays=[roles["relay"]], document=document)
    own = make.make_party(case, "own")
    make.make_link(case, own, roles["link"], "part_of")
    make.make_party(make.make_case(), "elsewhere")
    told = {party["label"]: party.get("shared", False) for party in exported(case)["parties"]}
    assert told == {"speaker": True, "relay": True, "publisher": True, "link": True, "own": False}


def test_a_name_that_a_shared_party_has_in_the_case_alone_does_not_become_everyones(tmp_path: Path) -> None:
    with undone():
        case = make.make_case(slug="secret", access="members")
        shared = make.make_party(None, "The Daily Fiction", kind="media")
        make.make_alias(None, shared, "Daily")
        make.make_alias(case, shared, "What only this case knows")
        make.make_alias(make.make_case(), shared, "What only another case knows")
        make.make_statement(make.make_claim(case), speaker=shared)
        write_bundle(case, tmp_path / "out")
    assert "another case" not in (tmp_path / "out" / "case.json").read_text()
    again = import_bundle(by=make.CONSOLE, bundle=read_bundle(tmp_path / "out")).case
    assert set(PartyAlias.objects.filter(case=None).values_list("name", flat=True)) == {"Daily"}
    assert set(PartyAlias.objects.filter(case=again).values_list("name", flat=True)) == {"What only this case knows"}


def test_a_link_in_the_shared_register_is_no_part_of_a_case(tmp_path: Path) -> None:
    case = make.make_case()
    one, other = make.make_party(None), make.make_party(None)
    make.make_link(None, one, other, "part_of")
    make.make_statement(make.make_claim(case), speaker=one, relays=[other])
    assert "party_links" not in exported(case)


def test_an_empty_case_goes_out_and_in(tmp_path: Path) -> None:
    with undone():
        case = make.make_case(title="Nothing yet")
        told = exported_empty(case)
    assert told == {
        "schema": "claims-tracker/bundle/1",
        "case": {"key": f"case-{case.uid}", "title": "Nothing yet", "access": "open"},
    }
    assert bring_in(tmp_path, told).case.title == "Nothing yet"


def exported_empty(case: Case) -> Content:
    content, files = export_case(case)
    assert files == {}
    return content


def test_the_number_of_queries_does_not_grow_with_the_case(tmp_path: Path) -> None:
    def n_queries(n: int) -> int:
        content = copy.deepcopy(CONTENT)
        statement, document = thing(content, "statements", "anna-open"), thing(content, "documents", "leaflet")
        content["statements"] += [{**statement, "key": f"more-{i}"} for i in range(n)]
        content["documents"] += [{**document, "key": f"more-{i}"} for i in range(n)]
        content["claims"] += [{"key": f"more-{i}", "text": f"Claim {i}."} for i in range(n)]
        with undone():
            case = bring_in(tmp_path, content).case
            with CaptureQueriesContext(connection) as sent:
                export_case(case)
            return len(sent)

    assert n_queries(5) == n_queries(50)


# --- the command ----------------------------------------------------------------------------------------------------


def run(name: str, *arguments: object, capture: pytest.CaptureFixture[bytes] | None = None) -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue() + (capture.readouterr().out.decode() if capture else "")


def test_the_command_writes_one_json_or_a_folder(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    case = bring_in(tmp_path, sample()).case
    for name in ("bridge", case.uid):
        assert json.loads(run("export_bundle", name, capture=capfdbinary)) == sample()
    said = run("export_bundle", "bridge", "--out", tmp_path / "new" / "folder")
    assert said == f"The bridge is in {tmp_path / 'new' / 'folder' / 'case.json'}.\n"
    assert read_bundle(tmp_path / "new" / "folder").content["case"] == sample()["case"]


def test_the_command_finds_a_case_by_slug_by_id_and_by_the_key_of_its_bundle(tmp_path: Path) -> None:
    content = sample()
    content["case"].update(key="by-key", slug="by-slug")
    case = bring_in(tmp_path, content).case
    for number, name in enumerate(("by-key", "by-slug", case.uid, str(case.uid).upper())):
        run("export_bundle", name, "--out", tmp_path / str(number))
        assert (tmp_path / str(number) / "case.json").exists()


def test_the_command_guesses_nothing(tmp_path: Path) -> None:
    make.make_case(slug="bridge"), make.make_case(slug="bridge")
    for name, words in (("nowhere", "no case"), ("bridge", "more than one case"), ("", "no case")):
        with pytest.raises(CommandError) as refused:
            run("export_bundle", name, "--out", tmp_path / "out")
        assert str(refused.value).startswith(words)
    assert not (tmp_path / "out").exists()
