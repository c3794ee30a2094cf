"""The architecture as rules over the syntax trees: who imports whom, who writes, who looks past a viewer.

Section 6 of the design: L0 vocabulary and pure text functions, L1 querysets, L2 models, L3 domain functions (the only
writers), L4 interfaces, L5 the project package. An exception stands in a list here, with its reason, and goes from the
list when it is gone from the code.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from sources.api import bodies
from sources.models import Record

ROOT = Path(__file__).parents[1]
APPS = ("sources", "claims")
PROJECT = "claims_tracker"

PURE = {"choices", "text", "anchoring", "sentences", "segmenting", "uris", "strict_json", "refusals"}
INTERFACES = {"admin", "api", "views", "management", "requests", "site", "apps"}
NAMES = ("vocabulary", "querysets", "models", "domain", "interface", "project")
MAX_LINES = 450


@dataclass(frozen=True)
class Module:
    """One file of the product."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Tell whether it is a package's own file."""
        return self.path.name == "__init__.py"

    @property
    def place(self) -> str:
        """How messages and exceptions name it."""
        return self.path.relative_to(ROOT).as_posix()


def level_of(name: str) -> int:
    """Return the layer of a module of ours, by its dotted name."""
    app, *rest = name.split(".")
    if app == PROJECT:
        return 5
    first = rest[0] if rest else ""
    if first in PURE and not (app == "claims" and first != "choices"):
        return 0
    if first == "querysets":
        return 1
    if first == "models":
        return 2
    return 4 if first in INTERFACES else 3


@cache
def modules() -> dict[str, Module]:
    """Return every module of the product by its dotted name, migrations left out: they stand as they were made."""
    found = {}
    for top in (*APPS, PROJECT):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" in parts:
                continue
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = Module(path, name, ast.parse(path.read_text("utf-8")))
    return found


def in_apps() -> list[Module]:
    """Return the modules of the two apps."""
    return [module for module in modules().values() if not module.name.startswith(PROJECT)]


def imports_of(module: Module) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of everything imported, wherever in the module: `a.b` for `from a import b`."""
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - (node.level - 1)]
                base = ".".join([*above, *([base] if base else [])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def ours_of(module: Module) -> Iterator[tuple[int, str]]:
    """Yield (line, module of ours) of what is imported."""
    for line, name in imports_of(module):
        if name.split(".")[0] in (*APPS, PROJECT):
            while name not in modules():
                name = name.rpartition(".")[0]
                assert name, f"{module.place}:{line} imports what is not there"
            yield line, name


def functions_of(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield (qualified name of the innermost function or class, node) of every node."""

    def walk(node: ast.AST, place: str) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            inner = place
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{place}.{child.name}".lstrip(".")
            yield inner, child
            yield from walk(child, inner)

    yield from walk(module.tree, "")


# --- imports ---


def test_the_walk_finds_the_product() -> None:
    assert {"sources", "claims", "sources.ledger", "claims.graph", "claims_tracker.settings"} <= set(modules())
    levels = {level_of(name) for name in modules()}
    assert levels == {0, 1, 2, 3, 4, 5}
    assert (99, "sources.models") not in list(ours_of(modules()["sources.ledger"]))
    assert "sources.models" in {name for _, name in ours_of(modules()["sources.ledger"])}
    assert "claims.triggers" in {name for _, name in ours_of(modules()["claims.apps"])}  # inside a function


def test_an_import_points_to_the_same_or_a_lower_layer() -> None:
    wrong = [
        f"{module.place}:{line} ({NAMES[level_of(name)]}) imports {target} ({NAMES[level_of(target)]})"
        for name, module in modules().items()
        for line, target in ours_of(module)
        if level_of(target) > level_of(name)
    ]
    assert not wrong, "\n".join(wrong)


def test_sources_knows_nothing_of_claims() -> None:
    wrong = [
        f"{module.place}:{line} imports {target}"
        for name, module in modules().items()
        if name.split(".")[0] == "sources"
        for line, target in ours_of(module)
        if target.split(".")[0] == "claims"
    ]
    assert not wrong, "\n".join(wrong)


def test_nobody_imports_the_project() -> None:
    wrong = [
        f"{module.place}:{line} imports {target}"
        for module in in_apps()
        for line, target in ours_of(module)
        if target.split(".")[0] == PROJECT
    ]
    assert not wrong, "\n".join(wrong)


def test_querysets_know_no_models_and_models_no_writers() -> None:
    for app in APPS:
        targets = {target for _, target in ours_of(modules()[f"{app}.querysets"])}
        assert {level_of(target) for target in targets} <= {0, 1}
        for name, module in modules().items():
            if name.startswith(f"{app}.models"):
                assert all(level_of(target) <= 2 for _, target in ours_of(module)), module.place
    # Nor by the back door.
    wrong = [
        f"{module.place}:{node.lineno}"
        for module in in_apps()
        if level_of(module.name) <= 1
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("get_model", "get_models")
    ]
    assert not wrong, "\n".join(wrong)


def test_pure_functions_need_no_framework() -> None:
    wrong = [
        f"{module.place}:{line} imports {target}"
        for name in (
            "sources.text",
            "sources.anchoring",
            "sources.sentences",
            "sources.segmenting",
            "sources.strict_json",
            "sources.uris",
        )
        if (module := modules().get(name)) is not None
        for line, target in imports_of(module)
        if target.split(".")[0] in ("django", "rest_framework")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", ["graph", "exchange"])
def test_what_builds_and_exchanges_knows_no_requests(folder: str) -> None:
    wrong = [
        f"{module.place}:{line} imports {target}"
        for name, module in modules().items()
        if name.startswith(f"claims.{folder}")
        for line, target in imports_of(module)
        if target.startswith(("django.http", "django.contrib.admin", "rest_framework"))
    ]
    assert not wrong, "\n".join(wrong)


# --- writing ---

WRITERS = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
    "get_or_create",
    "update_or_create",
    "_raw_delete",
    "create_user",
    "create_superuser",
    "set_password",
    # Django's own ways from a form to a row
    "save_model",
    "save_related",
    "save_formset",
    "save_m2m",
    "delete_model",
    "delete_queryset",
    # SQL
    "execute",
    "executemany",
    "executescript",
    "raw",
    "callproc",
}
WRITERS |= {f"a{name}" for name in WRITERS}

# The ledger writes. Who else calls what could write, in which function, and why it may.
MAY_WRITE = {
    ("sources/tokens.py", "issue_token"): "a token is no record: it belongs to an account, not to a case",
    ("sources/tokens.py", "revoke_token"): "a token is no record: it belongs to an account, not to a case",
    ("sources/arriving.py", "_keep"): "what waits for its user is no record: it is gone after a day",
    ("sources/capturing.py", "_use_up"): "an arrival goes when it is captured; bytes stand beside their record",
    ("sources/snapshot.py", "_read_transaction"): "tells PostgreSQL that the transaction only reads",
    ("sources/once.py", "take_key"): "which answer a request got: a note of the interface, no record",
    ("sources/once.py", "keep_answer"): "which answer a request got: a note of the interface, no record",
    ("sources/admin/accounts.py", "AccountAdmin.close"): "accounts are Django's, and no records",
    ("sources/admin/accounts.py", "AccountAdmin.open_again"): "accounts are Django's, and no records",
    ("claims/succession.py", "refresh_live"): "is_live follows from the rest and stands in no image",
    ("claims/triggers.py", "_present"): "reads the catalogue",
    ("claims/triggers.py", "drop"): "database rules, not rows",
    ("claims/triggers.py", "create"): "database rules, not rows",
    ("claims/exchange/importing.py", "_Importer.write_keys"): "which row a key became: notes of the import, no record",
    ("claims/management/commands/prepare.py", "Command._make_account"): "the first account; accounts are Django's",
}


def acts_in(function: ast.AST) -> set[str]:
    """Return the names that stand for an act of the ledger in a function: opened by it, or given as one."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.With):
            for item in node.items:
                opened = item.context_expr
                is_act = isinstance(opened, ast.Call) and getattr(opened.func, "attr", "") == "act"
                if is_act and isinstance(item.optional_vars, ast.Name):
                    names.add(item.optional_vars.id)
        elif isinstance(node, ast.arg) and isinstance(node.annotation, ast.Name) and node.annotation.id == "Act":
            names.add(node.arg)
    return names


def writes_in(module: Module) -> Iterator[tuple[int, str, str]]:
    """Yield (line, function, call) of every call by which something other than an act could write."""
    acts_of: dict[str, set[str]] = {}
    for function, node in functions_of(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            acts_of[function] = acts_in(node)
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS):
            continue
        receiver = node.func.value
        if isinstance(receiver, ast.Name) and receiver.id in acts_of.get(function, ()):
            continue
        if isinstance(receiver, ast.Call) and getattr(receiver.func, "attr", "") == "setdefault":
            continue  # a set or dict inside a dict
        yield node.lineno, function, ast.unparse(node.func)


def test_only_the_ledger_writes() -> None:
    wrong = [
        f"{module.place}:{line} in {function}: {call}()"
        for module in in_apps()
        if module.name != "sources.ledger"
        for line, function, call in writes_in(module)
        if (module.place, function) not in MAY_WRITE
    ]
    assert not wrong, "\n".join(wrong)


def test_who_may_write_besides_still_does() -> None:
    writing = {(module.place, function) for module in in_apps() for _, function, _ in writes_in(module)}
    assert set(MAY_WRITE) - writing == set()


def test_the_ledger_is_seen_to_write() -> None:
    calls = {call.rpartition(".")[2] for _, _, call in writes_in(modules()["sources.ledger"])}
    assert {"bulk_create", "update", "delete", "save"} <= calls


def test_no_record_has_many_to_many_columns_which_django_writes_by_itself() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in APPS]
    assert ours
    assert [model for model in ours if model._meta.many_to_many] == []


def test_nothing_happens_by_signals_but_the_database_rules() -> None:
    wrong = [
        f"{module.place}:{line} imports {target}"
        for module in in_apps()
        for line, target in imports_of(module)
        if (target.startswith("django.db.models.signals") or target.startswith("django.dispatch"))
        and module.name != "claims.triggers"
    ]
    assert not wrong, "\n".join(wrong)


# --- looking ---

# Rows that an interface reads without asking who looks, in which function, and from what visible thing they derive.
DERIVED_FROM_VISIBLE = {
    ("sources/admin/changes.py", "ChangeAdmin.change_view"): "the entry that took a visible one back",
    ("sources/admin/counting.py", "counted"): "numbers on rows of a list, which are visible",
    ("sources/admin/filters.py", "CaseFilter.lookups"): "a look at the model, not at its rows",
    ("sources/admin/filters.py", "OfCaseFilter.lookups"): "narrows rows that `offered` has found visible",
    ("sources/api/excerpts.py", "read_versions"): "versions of documents that the request found visible",
    ("claims/api/changes.py", "Changes.undo"): "the case of the entry that this very request has made",
    ("sources/api/documents.py", "Documents.rows"): "versions of visible documents",
    ("claims/admin/overview.py", "overview_context"): "rows of the chosen case, which is visible",
    ("claims/admin/undoing.py", "undo_change_view"): "the entry that this very request has made",
    ("claims/api/claims.py", "Questions.rows"): "answers to visible questions",
    ("claims/api/claims.py", "ClaimFilter.keep_spoken_of"): "narrows visible claims, by statements of their case",
    ("claims/api/claims.py", "ClaimFilter.keep_told_in"): "narrows visible claims, by statements of their case",
    ("claims/api/claims.py", "Claims.present"): "counts on visible claims",
    ("claims/api/claims.py", "Claims.evidence"): "statements on a visible claim",
    ("claims/api/relations.py", "CasesWithClaims.proposals"): "relations of a visible case",
    ("claims/api/statements.py", "StatementFilter.keep_relayed"): "narrows visible statements",
    ("claims/api/statements.py", "Statements.present"): "the same statements, read with all that belongs to them",
    ("claims/api/statements.py", "Utterances.rows"): "statements of visible utterances",
}

VISIBLE = {
    model.__name__
    for model in apps.get_models()
    if model._meta.app_label in APPS and (issubclass(model, Record) or hasattr(model._default_manager, "visible_to"))
}
VISIBLE_FIELDS = {
    name for name, thing in vars(bodies).items() if isinstance(thing, type) and issubclass(thing, bodies.VisibleField)
}
MANAGERS = ("objects", "_default_manager", "_base_manager")


def looks_in(module: Module) -> Iterator[tuple[int, str, str]]:
    """Yield (line, function, expression) of every manager whose rows are not narrowed to a viewer at once."""
    parents = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
    for function, node in functions_of(module):
        if not (isinstance(node, ast.Attribute) and node.attr in MANAGERS):
            continue
        if isinstance(node.value, ast.Name) and node.value.id[:1].isupper() and node.value.id not in VISIBLE:
            continue  # a class of no case
        parent = parents[node]
        if isinstance(parent, ast.Attribute) and parent.attr in ("visible_to", "none"):
            continue
        if _is_narrowed_by_its_field(node, parents):
            continue
        yield node.lineno, function, ast.unparse(parent)


def _is_narrowed_by_its_field(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether this is the queryset of a VisibleField, which asks who looks when it is used."""
    while node in parents and not isinstance(node, ast.stmt):
        node = parents[node]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in VISIBLE_FIELDS:
            return True
    return False


def interfaces() -> list[Module]:
    """Return what answers requests; commands at the console may see all."""
    return [
        module
        for module in in_apps()
        if module.name.split(".")[1:2] and module.name.split(".")[1] in ("admin", "api", "views", "site")
    ]


def test_interfaces_ask_who_looks() -> None:
    wrong = [
        f"{module.place}:{line} in {function}: {expression}"
        for module in interfaces()
        for line, function, expression in looks_in(module)
        if (module.place, function) not in DERIVED_FROM_VISIBLE
    ]
    assert not wrong, "\n".join(wrong)


def test_what_derives_from_visible_rows_is_still_there() -> None:
    looking = {(module.place, function) for module in interfaces() for _, function, _ in looks_in(module)}
    assert set(DERIVED_FROM_VISIBLE) - looking == set()


def test_every_model_of_a_case_can_be_narrowed_to_a_viewer() -> None:
    records = [model for model in apps.get_models() if issubclass(model, Record)]
    assert records
    assert [model for model in records if not hasattr(model._default_manager.all(), "visible_to")] == []


# --- form ---


def test_no_module_grows_beyond_what_can_be_read_at_once() -> None:
    long = {module.place: len(module.path.read_text("utf-8").splitlines()) for module in modules().values()}
    assert {place: n for place, n in long.items() if n > MAX_LINES} == {}


NEED_NO_DOCSTRING = {"__init__", "apps", "wsgi", "asgi"}


def test_every_module_says_what_it_is_for() -> None:
    wrong = [
        module.place
        for module in modules().values()
        if module.path.stem not in NEED_NO_DOCSTRING and not ast.get_docstring(module.tree)
    ]
    assert not wrong, "\n".join(wrong)


def test_everything_public_below_the_interfaces_says_what_it_does() -> None:
    wrong = []
    for name, module in modules().items():
        if level_of(name) > 3:
            continue
        for place, node in functions_of(module):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            parts = place.split(".")
            is_public = not any(part.startswith("_") for part in parts) and parts[-1] != "Meta"
            in_function = any(
                isinstance(outer, ast.FunctionDef) and node in ast.walk(outer) and outer is not node
                for outer in module.tree.body
            )
            if is_public and not in_function and not ast.get_docstring(node):
                wrong.append(f"{module.place}:{node.lineno} {place}")
    assert not wrong, "\n".join(wrong)


def test_docstrings_begin_with_a_sentence() -> None:
    wrong = []
    for module in modules().values():
        for place, node in [("", module.tree), *functions_of(module)]:
            if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                text = ast.get_docstring(node)
                first = (text or "A.").partition("\n\n")[0].rstrip()
                if text is not None and first[-1:] not in (".", "?", ":", ")"):
                    wrong.append(f"{module.place} {place}: {first!r}")
    assert not wrong, "\n".join(wrong)
