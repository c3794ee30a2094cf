"""Is this file a case bundle, and if not, where does it go wrong?

Public: `Bundle`, `read_bundle`, `BundleRefused`, `Fault`. Nothing here touches the database.
"""

import difflib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from django.core.exceptions import ValidationError

from sources.capturing import decode_text
from sources.refusals import Refused
from sources.strict_json import parse_json
from sources.text import find_unstorable, sha256_of

from .formats import FORMATS

_MAX_BYTES = 64 * 2**20  # of one file
_SHOWN = 120  # characters of the words that an error quotes


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which file, at which place, and what."""

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        told = ": ".join(part for part in (self.file, self.place, self.message) if part)
        return told.encode("utf-8", "backslashreplace").decode()  # half a character in a key cannot be printed


class BundleRefused(Refused):
    """The bundle cannot be imported; nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Bundle:
    """A bundle that keeps to the schema, its texts read from the files beside it."""

    name: str
    content: dict[str, Any]

    def section(self, name: str) -> list[dict[str, Any]]:
        """Return the things of one sort."""
        return list(self.content.get(name, []))

    def place_of(self, section: str, index: int) -> str:
        """Return how errors name one thing."""
        return f"{section}[{index}] ({self.section(section)[index]['key']})"


def read_bundle(path: Path) -> Bundle:
    """Return the bundle in this file, or in the folder's `case.json`; raises BundleRefused with every fault found."""
    if path.is_dir():
        path /= "case.json"
    content = _read_json(path)
    faults = [Fault(path.name, place, message) for place, message in _find_faults(content)]
    if faults:
        raise BundleRefused(faults)
    _read_texts(path, content)
    return Bundle(path.name, content)


@cache
def load_schema() -> dict[str, Any]:
    """Return the JSON Schema of bundles."""
    schema: dict[str, Any] = json.loads((Path(__file__).parent / "bundle.schema.json").read_text("utf-8"))
    return schema


def shorten(words: str) -> str:
    """Return words as an error shows them."""
    return repr(words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…")


def _read_json(path: Path) -> Any:
    data = _read_file(path, path.name)
    try:
        return parse_json(data)
    except ValueError as broken:
        raise BundleRefused([Fault(path.name, "", f"this is not JSON as we take it: {broken}")]) from broken


def _read_file(path: Path, name: str, place: str = "") -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BundleRefused([Fault(name, place, f"{path.name} is larger than {_MAX_BYTES // 2**20} MB")])
        return path.read_bytes()
    except OSError as missing:
        raise BundleRefused([Fault(name, place, f"cannot read {path.name}: {missing.strerror}")]) from missing


def _find_faults(content: Any) -> list[tuple[str, str]]:
    """Return (place, message) of everything that breaks the schema, that cannot be stored, or has a key twice."""
    faults = [(_dotted(place.split(".")), reason) for place, reason in find_unstorable(content)]
    validator = jsonschema.Draft202012Validator(load_schema())
    for error in sorted(validator.iter_errors(content), key=lambda error: [str(part) for part in error.absolute_path]):
        faults.append((_name_place(content, list(error.absolute_path)), _explain(error)))
    if faults:
        return list(dict.fromkeys(faults))  # what is missing is said of all that is, once for each
    for form in FORMATS:
        counts = Counter(entry["key"] for entry in content.get(form.section, []))
        faults += [
            (f"{form.section} ({key})", f"the key {key!r} is given {n} times") for key, n in counts.items() if n > 1
        ]
    return faults


def _explain(error: Any) -> str:
    """Return the schema's complaint in words that help."""
    if error.validator == "additionalProperties":
        known = list(error.schema["properties"])
        unknown = [name for name in error.instance if name not in known]
        hints = [f"{name!r}{_hint(name, known)}" for name in unknown]
        return f"there is no such field: {', '.join(hints)}"
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"{' and '.join(repr(name) for name in missing)} is missing"
    if error.validator == "enum":
        options = ", ".join(map(str, error.validator_value))
        return f"{shorten(str(error.instance))} is none of {options}"
    return shorten(error.message)[1:-1]


def _hint(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _name_place(content: Any, path: list[Any]) -> str:
    """Return a path as `statements[3] (key).quote`."""
    place = _dotted(path)
    if len(path) >= 2 and isinstance(path[1], int):
        entry = content[path[0]][path[1]]
        if isinstance(entry, dict) and isinstance(entry.get("key"), str):
            head = f"{path[0]}[{path[1]}]"
            return place.replace(head, f"{head} ({entry['key']})", 1)
    return place


def _dotted(path: list[Any]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if str(part).isdigit() else f".{part}"
    return text.removeprefix(".")


def _read_texts(path: Path, content: dict[str, Any]) -> None:
    """Put the text of every version in place of the file that it names; raises BundleRefused."""
    faults = []
    for index, document in enumerate(content.get("documents", [])):
        for number, version in enumerate(document["versions"]):
            place = f"documents[{index}] ({document['key']}).versions[{number}]"
            try:
                if "text_file" in version:
                    version["text"] = _read_text(path, version["text_file"], f"{place}.text_file")
                if version.get("sha256", sha256_of(version["text"])) != sha256_of(version["text"]):
                    message = f"the text's SHA-256 is {sha256_of(version['text'])}, not the one given"
                    raise BundleRefused([Fault(path.name, f"{place}.sha256", message)])
            except BundleRefused as refused:
                faults += refused.faults
    if faults:
        raise BundleRefused(faults)


def _read_text(path: Path, name: str, place: str) -> str:
    """Return the text of a file that lies in the folder of the bundle itself."""
    folder = path.parent.resolve()
    file = (folder / name).resolve()
    if Path(name).name != name or file.parent != folder:
        raise BundleRefused([Fault(path.name, place, f"{shorten(name)} is no plain name of a file beside the bundle")])
    try:
        return decode_text(_read_file(file, path.name, place))
    except ValidationError as refused:
        raise BundleRefused([Fault(name, "", message) for message in refused.messages]) from refused
