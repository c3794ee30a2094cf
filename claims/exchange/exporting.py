"""How does a case become a bundle again?

Public: `export_case`, `write_bundle`, `dump_bundle`, `entries_of`, `digest_entry`. Things stand in the order in which
they were made. What a bundle brought in and nobody changed is written as that bundle had it; all else is written in one
canonical way: under a key made of its id, defaults left out, as few words of context as make a quotation unique.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q

from sources.anchoring import Span, shortest_context
from sources.images import canonical
from sources.models import BundleKey, Case, Document, DocumentVersion, Excerpt, Party, PartyAlias, PartyLink, Record
from sources.snapshot import snapshot
from sources.strict_json import moment, quantity

from ..models import Claim, ClaimRelation, Evidence, Question, Relay, Statement, Utterance
from .bundle import load_schema
from .formats import CASE, FORMATS, RELAY, SCHEMA_NAME, SECTION, VERSION, Format, default_of

Entry = dict[str, Any]
Entries = dict[str, dict[UUID, Entry]]  # by section and public id, in order


def export_case(case: Case, *, inline: bool = False) -> tuple[Entry, dict[str, bytes]]:
    """Return the bundle of a case, and the text files that go beside it by name; none where texts are inline."""
    with snapshot():
        known = {key.uid: key for key in BundleKey.objects.filter(case=case).order_by("pk")}
        entries, texts = entries_of(case, {uid: key.key for uid, key in known.items()})
    content: Entry = {"schema": SCHEMA_NAME}
    for section, of_section in entries.items():
        written = [
            known[uid].entry if uid in known and digest_entry(entry) == known[uid].digest else entry
            for uid, entry in of_section.items()
        ]
        if section == "case":
            content["case"] = written[0]
        elif written:
            content[section] = written
    return content, _place_texts(content.get("documents", []), list(texts.values()), inline)


def write_bundle(case: Case, folder: Path) -> None:
    """Write the bundle of a case as `case.json`, with its texts beside it, into a folder."""
    content, files = export_case(case)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "case.json").write_bytes(dump_bundle(content))


def dump_bundle(content: Entry) -> bytes:
    """Return a bundle as the bytes of its file: UTF-8, every character as itself, two spaces a level."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def digest_entry(entry: Entry) -> str:
    """Return the SHA-256 of a canonical entry."""
    return hashlib.sha256(canonical(entry).encode()).hexdigest()


def entries_of(case: Case, keys: dict[UUID, str]) -> tuple[Entries, dict[UUID, list[str]]]:
    """Return the canonical entries of a case, in which versions stand by their hash, and each document's texts."""
    reader = _Reader(case, keys)
    readers: dict[str, Callable[[], dict[UUID, Entry]]] = {
        "parties": reader.parties,
        "party_links": lambda: reader.plain(PartyLink),
        "documents": reader.documents,
        "questions": lambda: reader.plain(Question),
        "claims": lambda: reader.plain(Claim),
        "utterances": lambda: reader.plain(Utterance),
        "statements": reader.statements,
        "relations": lambda: reader.plain(ClaimRelation),
    }
    entries = {"case": {case.uid: _in_order("case", {"key": reader.key_of(case), **_columns(CASE, case)})}}
    return entries | {form.section: readers[form.section]() for form in FORMATS}, reader.texts


class _Reader:
    """Reads the rows of one case, a bounded number of queries a section."""

    def __init__(self, case: Case, keys: dict[UUID, str]) -> None:
        self.case = case
        self.keys = keys
        self.texts: dict[UUID, list[str]] = {}
        self.text_of: dict[int, str] = {}  # by key of the version

    def key_of(self, row: Record) -> str:
        """Return the key that a bundle gave this row, else one that its id makes unique for ever."""
        return self.keys.get(row.uid) or f"{row.record_kind()}-{row.uid}"

    def plain(self, model: type[Record]) -> dict[UUID, Entry]:
        """Return the entries of a section that is columns and links and no more."""
        form = SECTION[model.record_kind()]
        base: Any = model._base_manager
        rows = base.filter(case=self.case).select_related(*form.links).order_by("uid")
        if model is Claim:
            rows = rows.filter(merged_into=None)
        return {row.uid: self._entry(form, row) for row in rows}

    def parties(self) -> dict[UUID, Entry]:
        """Return the parties of the case, and the shared ones that something in it names."""
        mine = {"case": self.case}
        named: set[int | None] = set()
        for rows in (
            Statement.objects.filter(**mine).values_list("speaker_id", flat=True),
            Relay.objects.filter(**mine).values_list("party_id", flat=True),
            Document.objects.filter(**mine).values_list("publisher_id", flat=True),
            PartyLink.objects.filter(**mine).values_list("from_party_id", flat=True),
            PartyLink.objects.filter(**mine).values_list("to_party_id", flat=True),
        ):
            named |= set(rows)
        shared = Q(case=None) & (Q(pk__among=named) | Q(uid__among=self.keys))
        parties = Party.objects.standing().filter(Q(**mine) | shared)
        aliases: dict[tuple[int, bool], list[str]] = defaultdict(list)  # by party, and whether the case alone has it
        for alias in PartyAlias.objects.usable_in(self.case).filter(party__in=parties).order_by("pk"):
            aliases[alias.party_id, alias.case_id is not None].append(alias.name)
        # A shared party that was there before a bundle named it stands where the bundle had it.
        brought = {uid: place for place, uid in enumerate(self.keys)}
        in_order = sorted(parties, key=lambda party: (brought.get(party.uid, len(brought)), party.uid))
        return {
            party.uid: self._entry(
                SECTION["party"],
                party,
                aliases=aliases[party.pk, party.case_id is not None],
                case_aliases=aliases[party.pk, True] if party.case_id is None else None,
                shared=True if party.case_id is None else None,
            )
            for party in in_order
        }

    def documents(self) -> dict[UUID, Entry]:
        """Return the documents, each version by its hash."""
        entries = {}
        of_documents: dict[int, list[DocumentVersion]] = defaultdict(list)
        for version in DocumentVersion.objects.filter(case=self.case).order_by("document_id", "number"):
            of_documents[version.document_id].append(version)
        for document in Document.objects.filter(case=self.case).select_related("publisher").order_by("uid"):
            versions = of_documents[document.pk]
            self.texts[document.uid] = [version.text for version in versions]
            self.text_of |= {version.pk: version.text for version in versions}
            entries[document.uid] = self._entry(
                SECTION["document"], document, versions=[_version_entry(version) for version in versions]
            )
        return entries

    def statements(self) -> dict[UUID, Entry]:
        """Return the statements with their words and chains; the documents must have been read before."""
        form = SECTION["statement"]
        evidence: dict[int, list[Evidence]] = defaultdict(list)
        for piece in Evidence.objects.filter(case=self.case).select_related("excerpt").order_by("pk"):
            evidence[piece.statement_id].append(piece)
        relays: dict[int, list[Relay]] = defaultdict(list)
        for relay in Relay.objects.filter(case=self.case).select_related("party").order_by("statement_id", "hop"):
            relays[relay.statement_id].append(relay)
        versions = {
            version.pk: version
            for version in DocumentVersion.objects.filter(case=self.case).without_text().select_related("document")
        }
        entries = {}
        rows = Statement.objects.filter(case=self.case).select_related(*form.links, "excerpt").order_by("uid")
        for row in rows:
            version = versions[row.excerpt.version_id]
            entries[row.uid] = self._entry(
                form,
                row,
                document=self.key_of(version.document),
                version=version.number if version.number != 1 else None,
                **self._words(row.excerpt),
                withdrawn=True if row.withdrawn_at else None,
                evidence=[self._evidence(piece, version, versions) for piece in evidence[row.pk]],
                relays=[self._relay(relay) for relay in relays[row.pk]],
            )
        return entries

    def _entry(self, form: Format, row: Record, **further: Any) -> Entry:
        links = {name: getattr(row, column) for column, (name, _) in form.links.items()}
        return _in_order(
            form.section,
            {
                "key": self.key_of(row),
                **{name: self.key_of(target) for name, target in links.items() if target is not None},
                **_columns(form, row),
                **{name: value for name, value in further.items() if value not in (None, [], "")},
            },
        )

    def _words(self, excerpt: Excerpt) -> Entry:
        prefix, suffix = shortest_context(self.text_of[excerpt.version_id], Span(excerpt.start, excerpt.end))
        words = {"quote": excerpt.exact, "prefix": prefix, "suffix": suffix}
        return {name: value for name, value in words.items() if value}

    def _evidence(self, piece: Evidence, main: DocumentVersion, versions: dict[int, DocumentVersion]) -> Entry:
        number = versions[piece.excerpt.version_id].number
        return {
            "role": piece.role,
            **self._words(piece.excerpt),
            **({"version": number} if number != main.number else {}),
        }

    def _relay(self, relay: Relay) -> Entry:
        party = {"party": self.key_of(relay.party)} if relay.party else {}
        return {**party, **_columns(RELAY, relay)}


def _version_entry(version: DocumentVersion) -> Entry:
    return {"sha256": version.sha256, **_columns(VERSION, version)}


def _place_texts(documents: list[Entry], texts: list[list[str]], inline: bool) -> dict[str, bytes]:
    """Put the texts of all versions into the documents, or the files that hold them; return these by name.

    A file that a bundle named keeps its name, and no other text takes it, in whatever case it is spelled.
    """
    files: dict[str, bytes] = {}
    taken = {"case.json"} | {
        version["text_file"].casefold()
        for document in documents
        for version in document["versions"]
        if "text_file" in version
    }
    for place, of_document in enumerate(texts):
        versions: list[Entry] = []
        for number, text in enumerate(of_document, start=1):
            version = documents[place]["versions"][number - 1]
            as_it_came = {name: value for name, value in version.items() if name != "text_file"}
            if inline:
                versions.append({"text": text, **as_it_came})
                continue
            name = version.get("text_file") or _free_name(documents[place]["key"], number, taken)
            files[name] = text.encode("utf-8")
            versions.append({"text_file": name, **as_it_came})
        documents[place] = {**documents[place], "versions": versions}
    return files


def _free_name(key: str, number: int, taken: set[str]) -> str:
    """Return a name for the file of a version: letters, digits and dashes of the key, counted on where it is taken."""
    plain = "".join(character if character.isalnum() and character.isascii() else "-" for character in key)[:80]
    name, n = f"{plain}.txt" if number == 1 else f"{plain}-{number}.txt", number
    while name.casefold() in taken:
        n += 1
        name = f"{plain}-{n}.txt"
    taken.add(name.casefold())
    return name


def _columns(form: Format, row: Record) -> Entry:
    """Return the plain columns of a row that are not at their defaults, as JSON has them."""
    values = {}
    for column in form.columns:
        value = getattr(row, column)
        if value is None or value == default_of(form, column):
            continue
        values[column] = _plain(value)
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return moment(value)
    return quantity(value) if isinstance(value, Decimal) else value


@cache
def _names_of(section: str) -> list[str]:
    """Return the names of an entry's fields in the order in which the schema tells of them."""
    schema = load_schema()
    reference = schema["properties"][section]
    reference = reference.get("items", reference)["$ref"].rpartition("/")[2]
    return list(schema["$defs"][reference]["properties"])


def _in_order(section: str, entry: Entry) -> Entry:
    return {name: entry[name] for name in _names_of(section) if name in entry}
