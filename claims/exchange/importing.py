"""How does a bundle become rows, all of it or none?

Public: `import_bundle`, `Report`. What a key brought in before is left as it is now, changed or deleted by whom it may:
a bundle brings things in, it does not overrule an analyst. New things may name old ones by their keys.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from sources.capturing import capture_document
from sources.choices import Role
from sources.excerpting import Quotation
from sources.images import record_models
from sources.ledger import Act, By
from sources.models import BundleKey, Case, Document, DocumentVersion, Party, Record
from sources.opening import open_case
from sources.refusals import RowsRefused
from sources.registering import add_aliases, link_parties, register_parties
from sources.text import name_key, sha256_of

from ..drafting import Draft
from ..models import Relay, Statement
from ..recording import record_statements
from ..relating import relate_claims
from ..wording import note_utterances, pose_questions, word_claims
from .bundle import Bundle, BundleRefused, Fault, shorten
from .exporting import digest_entry, entries_of
from .formats import CASE, FORMATS, RELAY, SECTION, VERSION, Format, default_of

Progress = Callable[[str, int], None]  # (section, how many things of it are in)
_Entry = dict[str, Any]


@dataclass
class Report:
    """What an import did: the case, how many rows of each section are new, and what it left as it was."""

    case: Case
    created: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)  # places at which the bundle says something else than before


def import_bundle(
    *, by: By, bundle: Bundle, act_name: str = "import_bundle", progress: Progress = lambda section, n: None
) -> Report:
    """Write what the bundle brings that is not there yet, as one act; raises BundleRefused with every fault found."""
    case = _find_case(by, bundle)
    with by.act(act_name, case, needs=Role.LEAD if case else Role.READER) as act:
        is_new = case is None
        if case is None:
            case = _open_case(act, bundle)
        importer = _Importer(act, case, bundle, Report(case))
        importer.note_case(is_new)
        for form in FORMATS:
            importer.bring_in(form)
            progress(form.section, importer.report.created[form.section])
        importer.write_keys()
    return importer.report


def _find_case(by: By, bundle: Bundle) -> Case | None:
    """Return the case that this bundle's key brought in before, where the importer may see it."""
    uids = BundleKey.objects.filter(kind="case", key=bundle.content["case"]["key"]).values("uid")
    cases = Case.objects.filter(uid__in=uids)
    return (cases if by.actor is None else cases.visible_to(by.actor)).order_by("pk").first()


def _open_case(act: Act, bundle: Bundle) -> Case:
    entry = bundle.content["case"]
    try:
        return open_case(by=act, case=Case(**_plain_values(CASE, entry)))
    except ValidationError as refused:
        raise BundleRefused(list(_faults_of(bundle, "case", entry, refused, {}))) from refused


def _faults_of(
    bundle: Bundle, head: str, entry: _Entry, error: ValidationError, names: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield what is wrong with one thing, at its place, with the words that it is about."""
    for place, found in error.error_dict.items():
        path = [names.get(part, part) for part in place.split(".") if part != "__all__"]
        words = _words_at(entry, path)
        for one in found:
            for message in one.messages:
                quoted = f": {shorten(words)}" if words else ""
                yield Fault(bundle.name, ".".join([head, *path]), message + quoted)


class _Importer:
    """Brings in one section after the other; a thing may name only what stands in an earlier one, or before it."""

    def __init__(self, act: Act, case: Case, bundle: Bundle, report: Report) -> None:
        self.act = act
        self.case = case
        self.bundle = bundle
        self.report = report
        self.faults: list[Fault] = []
        self.rows: dict[tuple[str, str], Record] = {}  # by (kind, key)
        self.new_keys: list[BundleKey] = []
        self.versions: dict[tuple[int, int], DocumentVersion] = {}
        self.known = {(known.kind, known.key): known for known in BundleKey.objects.filter(case=case)}

    def note_case(self, is_new: bool) -> None:
        """Remember which case the bundle's key stands for."""
        entry = self.bundle.content["case"]
        if is_new:
            self._remember("case", "case", entry, self.case.uid)
        elif not _says_the_same(entry, self.known["case", entry["key"]].entry, CASE):
            self.report.differing.append("case")

    def bring_in(self, form: Format) -> None:
        """Write the things of one section that are not there yet."""
        entries = self.bundle.section(form.section)
        new = [index for index, entry in enumerate(entries) if not self._is_known(form, entry, index)]
        write: dict[str, Callable[[list[int], list[_Entry]], Sequence[Record]]] = {
            "parties": self._parties,
            "party_links": self._links,
            "documents": self._documents,
            "questions": self._plain(pose_questions, "questions"),
            "claims": self._plain(word_claims, "claims"),
            "utterances": self._plain(note_utterances, "utterances"),
            "statements": self._statements,
            "relations": self._relations,
        }
        try:
            written = write[form.section](new, [entries[index] for index in new])
        except RowsRefused as refused:
            for place, error in refused.errors.items():
                self._note(form, new[place], error)
            written = []
        if self.faults:
            raise BundleRefused(self.faults)
        for index, row in zip(new, written, strict=True):
            self.rows[form.kind, entries[index]["key"]] = row
            self._remember(form.kind, form.section, entries[index], row.uid)
        self.report.created[form.section] += len(new)

    def write_keys(self) -> None:
        """Write which row each key became, and what that row is exported as now."""
        keys = {key.uid: key.key for key in (*self.known.values(), *self.new_keys)}
        entries, _ = entries_of(self.case, keys)
        now = {uid: entry for of_section in entries.values() for uid, entry in of_section.items()}
        for key in self.new_keys:
            key.digest = digest_entry(now[key.uid])
        BundleKey.objects.bulk_create(self.new_keys, batch_size=500)

    # --- keys ---

    def _is_known(self, form: Format, entry: _Entry, index: int) -> bool:
        known = self.known.get((form.kind, entry["key"]))
        if known is None:
            return False
        self.report.known[form.section] += 1
        same = _says_the_same(_spelling(form.section, entry), known.entry, form)
        if not same or (form.section == "documents" and not self._has_texts(known.uid, entry)):
            self.report.differing.append(self.bundle.place_of(form.section, index))
        return True

    def _has_texts(self, document: UUID, entry: _Entry) -> bool:
        """Tell whether a document begins with the texts that the bundle gives it, or is there no more."""
        given = [sha256_of(version["text"]) for version in entry["versions"]]
        return self.texts.get(document, given)[: len(given)] == given

    @cached_property
    def texts(self) -> dict[UUID, list[str]]:
        """The SHA-256 of each text of the documents that the case has, by number."""
        hashes: dict[UUID, list[str]] = defaultdict(list)
        versions = DocumentVersion.objects.filter(case=self.case).order_by("number")
        for document, digest in versions.values_list("document__uid", "sha256"):
            hashes[document].append(digest)
        return dict(hashes)

    def _remember(self, kind: str, section: str, entry: _Entry, uid: UUID) -> None:
        spelling = _spelling(section, entry)
        self.new_keys.append(BundleKey(case=self.case, kind=kind, key=entry["key"], uid=uid, entry=spelling))

    def _find(self, form: Format, index: int, place: str, kind: str, key: str) -> Any:
        """Return the row that a key names, new or brought in before; notes a fault where there is none."""
        if (kind, key) not in self.rows:
            known = self.known.get((kind, key))
            row = record_models()[kind]._base_manager.filter(uid=known.uid).first() if known else None
            if row is None:
                gone = "was deleted since" if known else "is not in this bundle"
                message = f"the {SECTION[kind].section} key {shorten(key)} {gone}"
                self._note(form, index, ValidationError({place: message}))
                return None
            # What was merged since is the other by now.
            self.rows[kind, key] = getattr(row, "merged_into", None) or row
        return self.rows[kind, key]

    def _note(self, form: Format, index: int, error: ValidationError) -> None:
        """Note what is wrong with one thing of a section."""
        names = {column: name for column, (name, _) in form.links.items()}
        entry = self.bundle.section(form.section)[index]
        self.faults += _faults_of(self.bundle, self.bundle.place_of(form.section, index), entry, error, names)

    # --- sections ---

    def _values(self, form: Format, index: int, entry: _Entry, prefix: str = "") -> dict[str, Any]:
        """Return the values of a row's columns and links."""
        values = _plain_values(form, entry)
        for column, (name, kind) in form.links.items():
            if name in entry:
                values[column] = self._find(form, index, f"{prefix}{column}", kind, entry[name])
        return values

    def _plain(self, write: Any, argument: str) -> Callable[[list[int], list[_Entry]], Sequence[Record]]:
        """Return the writer of a section that is columns and links and no more."""
        form = next(form for form in FORMATS if form.section == argument)

        def bring(indexes: list[int], entries: list[_Entry]) -> Sequence[Record]:
            rows = [
                form.model(**self._values(form, index, entry)) for index, entry in zip(indexes, entries, strict=True)
            ]
            if self.faults:
                return []
            written: Sequence[Record] = write(by=self.act, case=self.case, **{argument: rows})
            return written

        return bring

    def _parties(self, indexes: list[int], entries: list[_Entry]) -> Sequence[Record]:
        parties = [Party(**_plain_values(SECTION["party"], entry)) for entry in entries]  # ids in the bundle's order
        of_register = [place for place, entry in enumerate(entries) if entry.get("shared")]
        for place in of_register:
            parties[place] = _find_shared(entries[place]) or parties[place]
        for place, entry in enumerate(entries):
            if entry.get("case_aliases") and not entry.get("shared"):
                message = "only a shared party has names that are known in one case alone"
                self._note(SECTION["party"], indexes[place], ValidationError({"case_aliases": message}))
        named: dict[object, str] = {}
        for place in of_register:
            first = named.setdefault(parties[place].pk or place, self.bundle.place_of("parties", indexes[place]))
            if first != self.bundle.place_of("parties", indexes[place]):
                message = f"this is the same shared party as {first}"
                self._note(SECTION["party"], indexes[place], ValidationError({"label": message}))
        for case in (self.case, None):
            places = [
                place
                for place, party in enumerate(parties)
                if party.pk is None and (case is None) == bool(entries[place].get("shared"))
            ]
            if not places or self.faults:
                continue
            try:
                register_parties(
                    by=self.act,
                    case=case,
                    parties=[parties[place] for place in places],
                    aliases={n: entries[place].get("aliases", []) for n, place in enumerate(places)},
                )
            except RowsRefused as refused:
                raise RowsRefused({places[n]: error for n, error in refused.errors.items()}) from refused
        if not self.faults:
            names = {parties[place]: entries[place].get("case_aliases", []) for place in of_register}
            add_aliases(by=self.act, case=self.case, names=names)
        return parties

    def _links(self, indexes: list[int], entries: list[_Entry]) -> Sequence[Record]:
        form = SECTION["partylink"]
        links = [form.model(**self._values(form, i, entry)) for i, entry in zip(indexes, entries, strict=True)]
        return [] if self.faults else link_parties(by=self.act, case=self.case, links=links)  # type: ignore[arg-type]

    def _documents(self, indexes: list[int], entries: list[_Entry]) -> Sequence[Record]:
        form = SECTION["document"]
        written = []
        for index, entry in zip(indexes, entries, strict=True):
            document = Document(**self._values(form, index, entry))
            versions = [
                DocumentVersion(text=version["text"], **_plain_values(VERSION, version))
                for version in entry["versions"]
            ]
            try:
                capture_document(by=self.act, case=self.case, document=document, versions=versions)
            except ValidationError as refused:
                self._note(form, index, refused)
                continue
            for version in versions:
                self.versions[document.pk, version.number] = version
            written.append(document)
        return written

    def _statements(self, indexes: list[int], entries: list[_Entry]) -> Sequence[Record]:
        form = SECTION["statement"]
        own = {entry["key"]: Statement() for entry in entries}  # so that one may supersede another, in any order
        self.rows |= {(form.kind, key): row for key, row in own.items()}
        drafts = []
        for index, entry in zip(indexes, entries, strict=True):
            statement = own[entry["key"]]
            for column, value in self._values(form, index, entry).items():
                setattr(statement, column, value)
            if entry.get("withdrawn"):
                statement.withdrawn_at = self.act.at
            document = self._find(form, index, "document", "document", entry["document"])
            if document is None:
                continue
            words = self._quotation(form, index, "version", document, entry, entry.get("version", 1))
            evidence = [
                (
                    piece["role"],
                    self._quotation(
                        form,
                        index,
                        f"evidence.{n}.version",
                        document,
                        piece,
                        piece.get("version", entry.get("version", 1)),
                    ),
                )
                for n, piece in enumerate(entry.get("evidence", []))
            ]
            relays = [Relay(**self._relay(form, index, n, relay)) for n, relay in enumerate(entry.get("relays", []))]
            if words is not None and all(quotation is not None for _, quotation in evidence):
                drafts.append(Draft(statement=statement, words=words, evidence=evidence, relays=relays))  # type: ignore[arg-type]
        return [] if self.faults else record_statements(by=self.act, case=self.case, drafts=drafts)

    def _relay(self, form: Format, index: int, n: int, relay: _Entry) -> dict[str, Any]:
        values = _plain_values(RELAY, relay)
        if "party" in relay:
            values["party"] = self._find(form, index, f"relays.{n}.party", "party", relay["party"])
        return values

    def _quotation(
        self, form: Format, index: int, place: str, document: Document, words: _Entry, number: int
    ) -> Quotation | None:
        """Return words of a version of a document; notes a fault where there is no such version."""
        if (document.pk, number) not in self.versions:
            version = document.versions.select_related("case").filter(number=number).first()
            if version is None:
                message = f"the document {document.title!r} has no version {number}"
                self._note(form, index, ValidationError({place: message}))
                return None
            self.versions[document.pk, number] = version
        return Quotation(
            version=self.versions[document.pk, number],
            exact=words["quote"],
            prefix=words.get("prefix", ""),
            suffix=words.get("suffix", ""),
        )

    def _relations(self, indexes: list[int], entries: list[_Entry]) -> Sequence[Record]:
        form = SECTION["claimrelation"]
        relations = [form.model(**self._values(form, i, entry)) for i, entry in zip(indexes, entries, strict=True)]
        return [] if self.faults else relate_claims(by=self.act, case=self.case, relations=relations)  # type: ignore[arg-type]


def _find_shared(entry: _Entry) -> Party | None:
    """Return the one shared party that a bundle can mean: of this name, sort and disambiguation."""
    same = Party.objects.standing().filter(
        case=None,
        name_key=name_key(entry["label"]),
        disambiguation=entry.get("disambiguation", ""),
        kind=entry.get("kind", default_of(SECTION["party"], "kind")),
    )[:2]
    found = list(same)
    return found[0] if len(found) == 1 else None


def _plain_values(form: Format, entry: _Entry) -> dict[str, Any]:
    return {column: entry[column] for column in form.columns if column in entry}


def _words_at(entry: Any, path: list[str]) -> str:
    """Return the words of a bundle at a place inside one thing; empty where there are none."""
    for part in path:
        try:
            entry = entry[int(part)] if isinstance(entry, list) else entry[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return ""
    return entry if isinstance(entry, str) else ""


def _spelling(section: str, entry: _Entry) -> _Entry:
    """Return an entry as the bundle has it, the texts themselves left out."""
    if section != "documents":
        return entry
    versions = [{name: value for name, value in version.items() if name != "text"} for version in entry["versions"]]
    return {**entry, "versions": versions}


def _says_the_same(one: _Entry, other: _Entry, form: Format) -> bool:
    """Tell whether two entries say the same, however they spell the defaults of plain columns."""

    def told(entry: _Entry) -> _Entry:
        return {
            name: value for name, value in entry.items() if name not in form.columns or value != default_of(form, name)
        }

    return told(one) == told(other)
