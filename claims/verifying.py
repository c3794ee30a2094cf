"""Is everything still as it was recorded, statements and relations included?

Public: `verify_everything`, `verify_statements`.
"""

from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.db.models import Count, F, Max, Q

from sources.verifying import (
    Damage,
    reading_damaged_text,
    verify_ledger,
    verify_links,
    verify_originals,
    verify_texts,
)

from .choices import RelationKind, Review
from .folding import classes_of
from .models import ClaimRelation, Evidence, Statement
from .succession import find_circles, find_live, read_succession
from .triggers import differences

_CHUNK = 2000  # rows fetched at a time


def verify_everything() -> Iterator[tuple[str, Iterator[Damage]]]:
    """Yield (what is read, the damages found in it) for each part."""
    parts = {
        "database rules": _verify_rules,
        "texts and excerpts": verify_texts,
        "originals": verify_originals,
        "links between rows": verify_links,
        "statements": verify_statements,
        "relations": _verify_relations,
        "ledger and rows": verify_ledger,
    }
    with reading_damaged_text():
        for part, verify in parts.items():
            yield part, _read_to_the_end(part, verify())


def _read_to_the_end(part: str, damages: Iterator[Damage]) -> Iterator[Damage]:
    """Yield the damages, and where a value is so broken that reading ends at it, that as well."""
    try:
        yield from damages
    except (DatabaseError, TypeError, ValueError) as broken:
        yield Damage("part", part, f"it cannot be read to its end: {broken}")


def _verify_rules() -> Iterator[Damage]:
    for name in differences(connection):
        yield Damage("trigger", name, "it is missing or altered")


def verify_statements() -> Iterator[Damage]:
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
    yield from _verify_live()


def _verify_live() -> Iterator[Damage]:
    """Yield statements that supersede themselves, through others, and those with a wrong `is_live`."""
    earlier_of = dict(Statement.objects.filter(supersedes__isnull=False).values_list("pk", "supersedes_id"))
    circles = list(find_circles(earlier_of))
    for circle in circles:
        uid = Statement.objects.values_list("uid", flat=True).get(pk=min(circle))
        yield Damage("statement", uid, "it supersedes itself, through others")
    tied = {pk for pair in earlier_of.items() for pk in pair}
    unknown = {pk for circle in circles for pk in circle}
    live = find_live(read_succession(Statement.objects.all()))
    told = Statement.objects.order_by("pk").values_list("pk", "uid", "is_live", "review", "withdrawn_at")
    for pk, uid, is_live, review, withdrawn_at in told.iterator(chunk_size=_CHUNK):
        is_counted = review != Review.REJECTED and withdrawn_at is None
        if pk not in unknown and is_live != (pk in live if pk in tied else is_counted):
            yield Damage("statement", uid, "its is_live does not follow from the rest")


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
