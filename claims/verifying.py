"""Is everything still as it was recorded, statements and relations included?

Public: `verify_everything`.
"""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from sources.verifying import Damage, verify_ledger, verify_links, verify_originals, verify_texts

from .choices import RelationKind
from .folding import classes_of
from .models import ClaimRelation, Evidence, Statement
from .triggers import differences


def verify_everything() -> Iterator[tuple[str, Iterator[Damage]]]:
    """Yield (what is read, the damages found in it) for each part."""
    yield "database rules", _verify_rules()
    yield "texts and excerpts", verify_texts()
    yield "originals", verify_originals()
    yield "links between rows", verify_links()
    yield "statements", _verify_statements()
    yield "relations", _verify_relations()
    yield "ledger and rows", verify_ledger()


def _verify_rules() -> Iterator[Damage]:
    for name in differences(connection):
        yield Damage("trigger", name, "it is missing or altered")


def _verify_statements() -> Iterator[Damage]:
    """Yield statements with evidence of two documents, broken chains, wrong succession or a wrong `is_live`."""
    document = F("statement__excerpt__version__document_id")
    for uid in Evidence.objects.exclude(excerpt__version__document_id=document).values_list("uid", flat=True):
        yield Damage("evidence", uid, "it is of another document than its statement")
    hops = Statement.objects.annotate(n=Count("relays"), top=Max("relays__hop")).filter(n__gt=0)
    for uid in hops.exclude(n=F("top")).values_list("uid", flat=True):
        yield Damage("statement", uid, "a hop is missing from its chain")
    succeeding = Statement.objects.filter(supersedes__isnull=False)
    same = Q(voice=F("supersedes__voice")) & (Q(speaker=F("supersedes__speaker")) | Q(speaker=None))
    for uid in succeeding.exclude(same).values_list("uid", flat=True):
        yield Damage("statement", uid, "it supersedes another speaker's statement")
    yield from _verify_succession(dict(succeeding.values_list("pk", "supersedes_id")))
    successor = Statement.objects.filter(supersedes=OuterRef("pk"), is_live=True)
    live = Statement.objects.counted().filter(~Exists(successor))
    for wrong in (live.filter(is_live=False), Statement.objects.filter(is_live=True).exclude(pk__in=live)):
        for uid in wrong.values_list("uid", flat=True):
            yield Damage("statement", uid, "its is_live does not follow from the rest")


def _verify_succession(earlier: dict[int, int]) -> Iterator[Damage]:
    """Yield statements from which the succession leads back to themselves."""
    done: set[int] = set()
    for start in earlier:
        path = set()
        at: int | None = start
        while at is not None and at not in done:
            if at in path:
                uid = Statement.objects.values_list("uid", flat=True).get(pk=at)
                yield Damage("statement", uid, "it supersedes itself, through others")
                break
            path.add(at)
            at = earlier.get(at)
        done |= path


def _verify_relations() -> Iterator[Damage]:
    """Yield relations of a pair in the wrong order, and classes that contradict themselves."""
    symmetric = [kind for kind in RelationKind if kind.is_symmetric]
    for uid in ClaimRelation.objects.filter(kind__in=symmetric, claim_a__gt=F("claim_b")).values_list("uid", flat=True):
        yield Damage("claimrelation", uid, "its pair stands in the wrong order")
    for case_id in ClaimRelation.objects.order_by("case").values_list("case_id", flat=True).distinct():
        if any(True for _ in classes_of([case_id]).self_contradictions()):
            uid = ClaimRelation.objects.filter(case_id=case_id).values_list("case__uid", flat=True)[0]
            yield Damage(
                "case", uid, "claims held to say the same, or to follow from one another, contradict each other"
            )
