"""The guides tell of what there is: of every address of the API, and of every sort of row."""

import re

from django.conf import settings

from sources.images import record_models
from tests.api.calling import LIST_ROUTES, RESOURCES, collection_of, is_of_a_row, routes

GUIDE = (settings.BASE_DIR / "docs" / "API.md").read_text("utf-8")
GLOSSARY = (settings.BASE_DIR / "docs" / "GLOSSARY.md").read_text("utf-8")

# What the glossary calls by a word of its own.
CALLED = {"party alias": "alias", "captured text": "version"}


def test_the_guide_has_every_address_of_the_api() -> None:
    rows = [line for line in GUIDE.splitlines() if line.startswith("| `")]
    missing = set()
    for path, *_ in routes():
        spelled = re.sub(r"<uuid:\w+>", "ID", path).replace("<int:sequence>", "ID").replace("<int:number>", "N")
        collection, _, further = spelled.partition("/")
        below = further.removeprefix("ID/")
        row = next((row for row in rows if f"`{collection}`" in row.split("|")[1]), "")
        if f"`{below}`" not in row and (below or not row):
            missing.add(spelled)
    assert not missing


def test_the_guide_has_no_address_that_there_is_not() -> None:
    told = {name for line in GUIDE.splitlines() if line.startswith("| `") for name in re.findall(r"`([\w/-]+/)`", line)}
    there = {re.sub(r"<uuid:\w+>|<int:sequence>", "ID", path).replace("<int:number>", "N") for path, *_ in routes()}
    there.add("originals/ID/")  # which is no resource
    assert {name for name in told if not any(path.endswith(f"/{name}") or path == name for path in there)} == set()


def test_collections_are_narrowed_as_the_guide_says_and_lists_below_a_row_are_not() -> None:
    assert "Every collection takes `q`" in GUIDE
    assert "all but `cases` take `case`" in GUIDE
    for name, resource in RESOURCES.items():
        assert {"case", "q"} - set(resource.filters.base_filters) == ({"case"} if name == "cases" else set())
    for path in (path for path in LIST_ROUTES if is_of_a_row(path)):
        resource = RESOURCES[collection_of(path)]
        taken = {parameter.name for parameter in resource.parameters.get(path.split("/")[-2], [])}
        assert not taken & {"case", "q"}
        assert f"`{path.split('/')[-2]}/`" in GUIDE


def test_the_glossary_has_every_sort_of_row() -> None:
    terms = set(re.findall(r"\*\*([^*]+)\*\*", GLOSSARY))
    names = {str(model._meta.verbose_name) for model in record_models().values()}
    assert {name for name in names if CALLED.get(name, name) not in terms} == set()
