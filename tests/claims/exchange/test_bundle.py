"""A file that is no bundle is refused with its place and in words that help; nothing here asks a database."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.db import models

from claims.choices import Aspect, EvidenceRole
from claims.exchange import bundle as bundles
from claims.exchange.bundle import load_schema, read_bundle
from claims.exchange.formats import ALWAYS, CASE, FORMATS, RELAY, SCHEMA_NAME, VERSION, Format, default_of
from sources.models import BundleKey, PartyAlias
from sources.text import sha256_of

from .samples import FIRST, SEED, Content, faults_of, sample, thing, write


def told(path: Path) -> list[tuple[str, str, str]]:
    """Return (file, place, message) of all that is wrong."""
    return [(fault.file, fault.place, fault.message) for fault in faults_of(path)]


# --- what is taken --------------------------------------------------------------------------------------------------


def test_a_bundle_is_read_with_its_texts(tmp_path: Path) -> None:
    bundle = read_bundle(write(tmp_path, sample()))
    assert bundle.name == "case.json"
    assert bundle.section("documents")[0]["versions"][0]["text"] == FIRST
    assert bundle.section("nothing") == []
    assert bundle.place_of("parties", 1) == "parties[1] (boris)"


def test_a_folder_stands_for_the_case_json_in_it(tmp_path: Path) -> None:
    write(tmp_path, sample())
    assert read_bundle(tmp_path).name == "case.json"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(sample()), "utf-8")
    assert read_bundle(other).name == "other.json"


def test_a_case_and_nothing_else_is_a_bundle(tmp_path: Path) -> None:
    content = {"schema": SCHEMA_NAME, "case": {"key": "k", "title": "Nothing yet"}}
    assert read_bundle(write(tmp_path, content)).section("claims") == []


def test_a_byte_order_mark_is_a_mark_and_no_text(tmp_path: Path) -> None:
    content = sample()
    content["documents"][1]["versions"] = [{"text_file": "leaflet.txt"}]
    (tmp_path / "leaflet.txt").write_bytes(b"\xef\xbb\xbfBoris: the bridge is shut.")
    (tmp_path / "case.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(content).encode())
    assert read_bundle(tmp_path).section("documents")[1]["versions"][0]["text"] == "Boris: the bridge is shut."


def test_a_text_file_keeps_every_byte_of_its_text(tmp_path: Path) -> None:
    content = sample()
    content["documents"][0]["versions"][0] = {"text_file": "first.txt", "sha256": sha256_of(FIRST)}
    (tmp_path / "first.txt").write_bytes(FIRST.encode())
    text = read_bundle(write(tmp_path, content)).section("documents")[0]["versions"][0]["text"]
    assert text == FIRST
    assert "\r\n" in text


def test_things_of_different_sorts_may_bear_one_key(tmp_path: Path) -> None:
    content = sample()
    content["questions"][0]["key"] = content["utterances"][0]["key"]
    content["claims"][0]["question"] = content["claims"][1]["question"] = content["questions"][0]["key"]
    read_bundle(write(tmp_path, content))


# --- what is no JSON ------------------------------------------------------------------------------------------------

NOT_JSON = {
    "nothing": (b"", "Expecting value"),
    "words": (b"Dear colleague,", "Expecting value"),
    "half of it": (b'{"schema": "claims-tracker/bundle/1", "case": {', "Expecting property name"),
    "more after it": (b"{} {}", "Extra data"),
    "a key given twice": (b'{"case": {"key": "a", "title": "b", "key": "c"}}', "the key 'key' is given twice"),
    "no number": (b'{"case": NaN}', "NaN is no number"),
    "an infinity": (b'{"case": -Infinity}', "-Infinity is no number"),
    "a number beyond measure": (b'{"case": 1e999}', "too large"),
    "a number of many digits": (b'{"case": ' + b"9" * 5000 + b"}", "digits"),
    "not UTF-8": ('{"case": "Élan"}'.encode("latin-1"), "not UTF-8 at byte 10"),
    "UTF-16": ('{"case": 1}'.encode("utf-16"), "not UTF-8 at byte 0"),
    "a NUL as it stands": (b'{"case": "a\x00b"}', "Invalid control character"),
    "lists in lists": (b"[" * 100_000 + b"]" * 100_000, "nested deeper than 32 levels"),
    "lists without an end": (b"[" * 100_000, "nested deeper than 32 levels"),
    "objects in objects": (b'{"a":' * 33 + b"1" + b"}" * 33, "nested deeper than 32 levels"),
}


@pytest.mark.parametrize("what", NOT_JSON, ids=str)
def test_a_file_is_refused_that_is(tmp_path: Path, what: str) -> None:
    data, words = NOT_JSON[what]
    path = tmp_path / "case.json"
    path.write_bytes(data)
    ((file, place, message),) = told(path)
    assert (file, place) == ("case.json", "")
    assert words in message
    assert len(message) < 300


@pytest.mark.parametrize("value", [[], 3, None, "case", True])
def test_json_that_is_no_object_is_refused(tmp_path: Path, value: Any) -> None:
    ((file, place, message),) = told(write(tmp_path, value))
    assert (file, place) == ("case.json", "")
    assert "object" in message


# --- what breaks the schema -----------------------------------------------------------------------------------------


def _set(section: str, which: str, /, **values: Any) -> Callable[[Content], None]:
    """Return what gives one thing of a bundle other values; None takes one away."""

    def bend(content: Content) -> None:
        entry = thing(content, section, which)
        for name, value in values.items():
            entry.pop(name, None) if value is None else entry.__setitem__(name, value)

    return bend


def _top(**values: Any) -> Callable[[Content], None]:
    def bend(content: Content) -> None:
        for name, value in values.items():
            content.pop(name, None) if value is None else content.__setitem__(name, value)

    return bend


ANNA = "statements[1] (anna-open)"
BROKEN: dict[str, tuple[Callable[[Content], None], str, str]] = {
    "a misspelt key": (
        _set("statements", "anna-open", speeker="anna"),
        ANNA,
        "there is no such field: 'speeker' (did you mean 'speaker'?)",
    ),
    "a key like no other": (_set("parties", "boris", qqq=1), "parties[1] (boris)", "there is no such field: 'qqq'"),
    "a misspelt section": (_top(statement=[]), "", "there is no such field: 'statement' (did you mean 'statements'?)"),
    "an id": (
        _set("claims", "open", uid="0197"),
        "claims[0] (open)",
        "there is no such field: 'uid'",
    ),
    "no quote": (_set("statements", "anna-open", quote=None), ANNA, "'quote' is missing"),
    "no claim and no stance": (
        _set("statements", "anna-open", claim=None, stance=None),
        ANNA,
        "'claim' and 'stance' ",
    ),
    "no case": (_top(case=None), "", "'case' is missing"),
    "no schema": (_top(schema=None), "", "'schema' is missing"),
    "another schema": (_top(schema="claims-tracker/bundle/2"), "schema", "'claims-tracker/bundle/1' was expected"),
    "a stance that is none": (
        _set("statements", "anna-open", stance="shouts"),
        f"{ANNA}.stance",
        "'shouts' is none of asserts, denies, questions, leaves_open, declines, retracts",
    ),
    "an access that is none": (
        _top(case={"key": "k", "title": "t", "access": "all"}),
        "case.access",
        "'all' is none of",
    ),
    "an empty quote": (_set("statements", "anna-open", quote=""), f"{ANNA}.quote", "''"),
    "a key that begins with a space": (_set("questions", "is-it-open", key=" q"), "questions[0] ( q).key", "' q'"),
    "a number for words": (_set("claims", "open", text=3), "claims[0] (open).text", "3 is not of type 'string'"),
    "words for a number": (
        _set("claims", "lorries", quantity_low="30"),
        "claims[2] (lorries).quantity_low",
        "'30' is not of type 'number'",
    ),
    "a label that is too long": (
        _set("parties", "anna", label="x" * 301),
        "parties[0] (anna).label",
        "xxx",
    ),
    "a moment without its offset": (
        _set("statements", "anna-open", said_at="2025-04-28T10:00:00"),
        f"{ANNA}.said_at",
        "2025-04-28T10:00:00",
    ),
    "a day in place of a moment": (
        _set("documents", "article", published_at="2025-05-01"),
        "documents[0] (article).published_at",
        "2025-05-01",
    ),
    "a moment in place of a day": (
        _set("claims", "lorries", occurred_from="2025-04-28T10:00:00Z"),
        "claims[2] (lorries).occurred_from",
        "2025-04-28T10:00:00Z",
    ),
    "an alias given twice": (
        _set("parties", "anna", aliases=["A.", "A."]),
        "parties[0] (anna).aliases",
        "non-unique",
    ),
    "an aspect that is none": (
        _set("relations", "open-or-shut", aspects=["who", "why"]),
        "relations[0] (open-or-shut).aspects[1]",
        "'why' is none of who, what, number",
    ),
    "a document without a text": (_set("documents", "article", versions=[]), "documents[0] (article).versions", "[]"),
    "a version without a text": (
        _set("documents", "article", versions=[{"is_complete": False}]),
        "documents[0] (article).versions[0]",
        "",
    ),
    "a version with two texts": (
        _set("documents", "article", versions=[{"text": "a", "text_file": "a.txt"}]),
        "documents[0] (article).versions[0]",
        "",
    ),
    "version 0": (_set("statements", "anna-open", version=0), f"{ANNA}.version", "0"),
    "half a version": (_set("statements", "anna-open", version=1.5), f"{ANNA}.version", "1.5"),
    "a relay that is nobody": (_set("statements", "anna-open", relays=[{"cue": "told"}]), f"{ANNA}.relays[0]", ""),
    "a relay that is a party and a gap": (
        _set("statements", "anna-open", relays=[{"party": "boris", "is_gap": True}]),
        f"{ANNA}.relays[0]",
        "",
    ),
    "a gap that is none": (
        _set("statements", "anna-open", relays=[{"is_gap": False}]),
        f"{ANNA}.relays[0].is_gap",
        "True was expected",
    ),
    "a role that is none": (
        _set("statements", "anna-open", evidence=[{"role": "proof", "quote": "Anna"}]),
        f"{ANNA}.evidence[0].role",
        "'proof' is none of content, cue, source, antecedent",
    ),
    "an object for a list": (_top(parties={"anna": {}}), "parties", "is not of type 'array'"),
    "words for an object": (_top(parties=["anna"]), "parties[0]", "'anna' is not of type 'object'"),
    "a key given to two": (
        lambda content: content["parties"].append({"key": "anna", "label": "Another Anna"}),
        "parties (anna)",
        "the key 'anna' is given 2 times",
    ),
    "a NUL": (_set("statements", "anna-open", cue="sa\x00id"), "statements[1].cue", "holds a NUL character"),
    "a NUL deep inside": (
        _set("statements", "anna-open", evidence=[{"role": "cue", "quote": "x\x00"}]),
        "statements[1].evidence[0].quote",
        "holds a NUL character",
    ),
    "half a character": (
        _set("claims", "open", text="\ud800"),
        "claims[0].text",
        "holds a lone surrogate, which is no character",
    ),
    "half a character in a text": (
        _set("documents", "leaflet", versions=[{"text": "Boris \udc00"}]),
        "documents[1].versions[0].text",
        "holds a lone surrogate, which is no character",
    ),
}


@pytest.mark.parametrize("what", BROKEN, ids=str)
def test_a_bundle_is_refused_at_its_place_with(tmp_path: Path, what: str) -> None:
    bend, place, words = BROKEN[what]
    content = sample()
    bend(content)
    found = [(fault_place, message) for _, fault_place, message in told(write(tmp_path, content))]
    assert [at for at, _ in found] == [place]
    assert words in found[0][1]
    assert found[0][1]
    assert len(found[0][1]) < 400


def test_half_a_character_in_a_name_of_a_field_is_told_in_words_that_can_be_printed(tmp_path: Path) -> None:
    content = sample()
    content["case"]["\ud800"] = "\udfff"
    content["questions"][0]["key"] = "\ud800"
    faults = faults_of(write(tmp_path, content))
    assert "lone surrogate" in str(faults[0])
    for fault in faults:
        str(fault).encode()


def test_a_key_is_not_empty(tmp_path: Path) -> None:
    content = sample()
    content["utterances"][0]["key"] = ""
    assert {place for _, place, _ in told(write(tmp_path, content))} == {"utterances[0] ().key"}


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    content = sample()
    _set("statements", "anna-open", stance="shouts", quote=None)(content)
    _set("parties", "anna", kind="ghost", label="")(content)
    found = told(write(tmp_path, content))
    assert {place for _, place, _ in found} == {
        "parties[0] (anna).kind",
        "parties[0] (anna).label",
        ANNA,
        f"{ANNA}.stance",
    }


def test_a_fault_reads_as_file_place_and_words(tmp_path: Path) -> None:
    content = sample()
    _set("statements", "anna-open", stance="shouts")(content)
    (fault,) = faults_of(write(tmp_path, content))
    assert str(fault).startswith(f"case.json: {ANNA}.stance: 'shouts' is none of asserts, ")


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        ((file, place, message),) = told(path)
        assert (file, place) == ("none.json" if path != tmp_path else "case.json", "")
        assert "No such file" in message


def test_a_file_beyond_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, sample())
    monkeypatch.setattr(bundles, "_MAX_BYTES", path.stat().st_size - 1)
    ((_, _, message),) = told(path)
    assert "larger than" in message
    monkeypatch.setattr(bundles, "_MAX_BYTES", path.stat().st_size)
    read_bundle(path)


def with_text_file(folder: Path, name: str, **version: Any) -> Path:
    content = sample()
    content["documents"][1]["versions"] = [{"text_file": name, **version}]
    return write(folder, content)


TEXT_FILE = "documents[1] (leaflet).versions[0].text_file"


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "sub/../../secret.txt",
        "sub/inside.txt",
        "..",
        ".",
        "./leaflet.txt",
        "leaflet.txt/",
        "{absolute}",
    ],
)
def test_a_text_file_is_a_plain_name_beside_the_bundle(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "bundle"
    (folder / "sub").mkdir(parents=True)
    secret = tmp_path / "secret.txt"
    for path in (secret, folder / "sub" / "a.txt", folder / "leaflet.txt"):
        path.write_text("Boris: the bridge is shut.")
    name = name.format(absolute=secret)
    ((file, place, message),) = told(with_text_file(folder, name))
    assert (file, place) == ("case.json", TEXT_FILE)
    assert "is no plain name of a file beside the bundle" in message
    assert repr(name)[:50] in message


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("A secret.")
    (folder / "leaflet.txt").symlink_to(tmp_path / "secret.txt")
    ((_, place, message),) = told(with_text_file(folder, "leaflet.txt"))
    assert place == TEXT_FILE
    assert "is no plain name of a file beside the bundle" in message


def test_a_folder_that_is_reached_by_a_link_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "leaflet.txt").write_text("Boris: the bridge is shut.")
    with_text_file(folder, "leaflet.txt")
    (tmp_path / "link").symlink_to(folder)
    assert read_bundle(tmp_path / "link").section("documents")[1]["versions"][0]["text"].startswith("Boris")


@pytest.mark.parametrize("name", ["none.txt", "x" * 255, "folder"])
def test_a_text_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    ((file, place, message),) = told(with_text_file(tmp_path, name))
    assert (file, place) == ("case.json", TEXT_FILE)
    assert message.startswith(f"cannot read {name}: ")


def test_a_text_file_that_is_not_utf_8_is_named_with_the_byte(tmp_path: Path) -> None:
    (tmp_path / "leaflet.txt").write_bytes("Élan".encode("latin-1"))
    ((file, _, message),) = told(with_text_file(tmp_path, "leaflet.txt"))
    assert file == "leaflet.txt"
    assert "not UTF-8: byte 0 (0xc9)" in message


def test_a_text_that_is_not_the_one_of_its_hash_is_refused(tmp_path: Path) -> None:
    right, wrong = sha256_of("Boris: the bridge is shut."), sha256_of("Boris: the bridge is open.")
    (tmp_path / "leaflet.txt").write_text("Boris: the bridge is shut.")
    read_bundle(with_text_file(tmp_path, "leaflet.txt", sha256=right))
    ((file, place, message),) = told(with_text_file(tmp_path, "leaflet.txt", sha256=wrong))
    assert (file, place) == ("case.json", "documents[1] (leaflet).versions[0].sha256")
    assert right in message
    content = sample()
    content["documents"][0]["versions"][1]["sha256"] = wrong
    ((_, place, _),) = told(write(tmp_path, content))
    assert place == "documents[0] (article).versions[1].sha256"


def test_all_files_that_are_wrong_are_told_at_once(tmp_path: Path) -> None:
    content = sample()
    content["documents"][0]["versions"] = [{"text_file": "none.txt"}, {"text": "a", "sha256": "0" * 64}]
    content["documents"][1]["versions"] = [{"text_file": "../none.txt"}]
    assert [place for _, place, _ in told(write(tmp_path, content))] == [
        "documents[0] (article).versions[0].text_file",
        "documents[0] (article).versions[1].sha256",
        TEXT_FILE,
    ]


# --- the schema, and the models behind it ---------------------------------------------------------------------------


def definition_of(section: str) -> dict[str, Any]:
    """Return the schema of one thing of a section."""
    schema = load_schema()
    if section in ("versions", "relays"):
        return schema["$defs"][section.removesuffix("s")]
    reference = schema["properties"][section]
    return schema["$defs"][reference.get("items", reference)["$ref"].rpartition("/")[2]]


ALL = [CASE, *FORMATS, VERSION, RELAY]
COLUMNS = [(form, column) for form in ALL for column in form.columns]
FURTHER = {  # what a thing has beside its columns and links
    "parties": {"aliases", "case_aliases", "shared"},
    "documents": {"versions"},
    "statements": {"document", "version", "quote", "prefix", "suffix", "withdrawn", "evidence", "relays"},
    "versions": {"text", "text_file", "sha256"},
}


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(load_schema())
    assert load_schema()["properties"]["schema"] == {"const": SCHEMA_NAME}


def test_the_schema_has_a_section_for_every_format_and_no_other() -> None:
    assert set(load_schema()["properties"]) == {"schema", "case"} | {form.section for form in FORMATS}


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.section)
def test_the_schema_knows_every_column_and_nothing_else(form: Format) -> None:
    named = {*form.columns, *(name for name, _ in form.links.values()), *FURTHER.get(form.section, ())}
    key = set() if form in (VERSION, RELAY) else {"key"}
    assert set(definition_of(form.section)["properties"]) == named | key


@pytest.mark.parametrize(("form", "column"), COLUMNS, ids=lambda value: getattr(value, "section", value))
def test_the_schema_takes_of_a_column_what_its_model_takes(form: Format, column: str) -> None:
    field: Any = form.model._meta.get_field(column)
    schema = definition_of(form.section)["properties"][column]
    if column == "aspects":
        assert schema["items"]["enum"] == Aspect.values
        assert schema["uniqueItems"] is True
    elif field.choices:
        assert schema == {"enum": [value for value, _ in field.choices]}
    elif isinstance(field, models.BooleanField):
        assert schema == ({"const": True} if column == "is_gap" else {"type": "boolean"})
    elif isinstance(field, models.DateTimeField):
        assert schema == {"$ref": "#/$defs/moment"}
    elif isinstance(field, models.DateField):
        assert schema == {"$ref": "#/$defs/day"}
    elif isinstance(field, models.DecimalField):
        assert schema == {"type": "number"}
    else:
        assert isinstance(field, models.CharField)
        assert (schema["type"], schema["maxLength"]) == ("string", field.max_length)
        if not field.blank:
            assert schema["minLength"] == 1


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.section)
def test_the_schema_asks_for_what_has_no_default_and_for_nothing_else(form: Format) -> None:
    columns = {column for column in form.columns if default_of(form, column) is None}
    optional = {column for column in columns if getattr(form.model._meta.get_field(column), "null", False)}
    links = {name for column, (name, _) in form.links.items() if not form.model._meta.get_field(column).null}  # type: ignore[union-attr]
    further = {"statements": {"document", "quote"}, "documents": {"versions"}}.get(form.section, set())
    key = set() if form in (VERSION, RELAY) else {"key"}
    always = {"access"} if form is CASE else set()  # written always, and asked for by nobody
    assert set(definition_of(form.section)["required"]) == (columns - optional - always) | links | further | key
    assert {name for section, name in ALWAYS if section == form.section} <= columns


def test_what_is_beside_the_columns_has_the_lengths_and_words_of_its_models_too() -> None:
    defs = load_schema()["$defs"]
    assert defs["key"]["maxLength"] == BundleKey._meta.get_field("key").max_length
    assert defs["party"]["properties"]["aliases"]["items"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": PartyAlias._meta.get_field("name").max_length,
    }
    assert defs["evidence"]["properties"]["role"]["enum"] == EvidenceRole.values


def test_every_object_of_the_schema_refuses_what_it_does_not_know() -> None:
    schema = load_schema()
    for definition in (schema, *schema["$defs"].values()):
        if definition.get("type") == "object":
            assert definition["additionalProperties"] is False


def test_the_seed_case_keeps_to_the_schema() -> None:
    content = json.loads((SEED / "case.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(load_schema()).validate(content)
    read_bundle(SEED)
