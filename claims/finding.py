"""Which claims and parties of a case are like these words? For whoever types, or has just selected them.

Public: `FoundClaim`, `find_claims`, `find_parties`, `find_named_in`. Candidates are narrowed in SQL by the folded stems
of the words, the longer weighing more since they are rarer, and ordered in Python. Nothing here is a measure of
anything: it is an order in which a person is offered what there is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from django.db.models import Case as SqlCase
from django.db.models import F, IntegerField, Q, Value, When
from django.db.models.functions import Length, StrIndex

from sources.models import Case, Party, PartyAlias
from sources.querysets import Viewer
from sources.text import fold, name_key

from .models import Claim

_STEMS = 12  # of one search, the longest
_CANDIDATES = 200  # rows ordered in Python
_SHORTEST_NAME = 3  # letters of a name that is looked for in a sentence
# Words too common to tell anything, folded.
_COMMON_WORDS = """
    the a an and or of to in on at by for with from that this these those it its is are was were be been has have had
    he she they them his her their we us our you your i as but not no so if into who whom which will would could
    la le les des de du un une et en que qui der die das den dem und von zu ist el los las y del
"""
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """A claim that is like the words; `likeness` is from 0 to 1, for the order alone."""

    claim: Claim
    likeness: float


def find_claims(*, case: Case, words: str, limit: int) -> list[FoundClaim]:
    """Return the claims of the case that share most with the words; without words, those worded last."""
    claims = Claim.objects.standing().filter(case=case)
    stems = _stems_of(words)
    if not stems:
        newest = claims.select_related("question").order_by("-pk")[:limit]
        return [FoundClaim(claim, 0.0) for claim in newest] if not fold(words) else []
    found = claims.annotate(weight=_weigh(stems)).filter(weight__gt=0).order_by("-weight", "-pk")
    rows = [(_likeness(stems, claim.search_key), claim) for claim in found.select_related("question")[:_CANDIDATES]]
    rows.sort(key=lambda row: -row[0])
    return [FoundClaim(claim, round(likeness, 3)) for likeness, claim in rows[:limit]]


def find_parties(*, case: Case, words: str, viewer: Viewer, limit: int) -> list[Party]:
    """Return the parties usable in the case in whose names every word occurs, best first: whole, beginning, inside."""
    parties = Party.objects.visible_to(viewer).usable_in(case).standing()
    if not fold(words):
        return list(parties.filter(case=case).order_by("-pk")[:limit])
    wanted = fold(words)
    found = parties.matching(words, viewer).annotate(
        rank=SqlCase(
            When(name_key=name_key(words), then=Value(0)),
            When(search_key__startswith=wanted, then=Value(1)),
            When(search_key__contains=f" {wanted}", then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
    )
    return list(found.order_by("rank", "label", "pk")[:limit])


def find_named_in(*, case: Case, text: str, viewer: Viewer, limit: int) -> list[Party]:
    """Return the parties usable in the case one of whose names stands in the text, the longest names first."""
    key = name_key(text)
    parties = Party.objects.visible_to(viewer).usable_in(case).standing()
    aliases = PartyAlias.objects.visible_to(viewer).usable_in(case)
    named: dict[int, int] = {}
    for rows, pk in ((parties, "pk"), (aliases, "party_id")):
        inside = rows.annotate(place=StrIndex(Value(key), F("name_key")), length=Length("name_key"))
        inside = inside.filter(place__gt=0, length__gte=_SHORTEST_NAME).order_by("-length", "pk")
        for party, name in inside.values_list(pk, "name_key")[:_CANDIDATES]:
            if _stands_in(key, name):
                named[party] = max(named.get(party, 0), len(name))
    best = sorted(named, key=lambda party: (-named[party], party))[:limit]
    found = {party.pk: party for party in parties.filter(pk__in=best)}
    return [found[pk] for pk in best if pk in found]


def _stands_in(text: str, name: str) -> bool:
    """Tell whether the name stands anywhere in the text with no letter right before or after."""
    start = text.find(name)
    while start >= 0:
        before, after = text[start - 1 : start] if start else "", text[start + len(name) : start + len(name) + 1]
        if not (before.isalnum() or after.isalnum()):
            return True
        start = text.find(name, start + 1)
    return False


def _stems_of(words: str) -> list[str]:
    """Return the beginnings of the words that tell something, so that “killing” finds “killed”; the longest first."""
    cleaned = "".join(c if c.isalnum() else " " for c in fold(words))
    told = [word for word in dict.fromkeys(cleaned.split()) if word not in _COMMON]
    stems = dict.fromkeys(word if len(word) <= 4 or word.isdigit() else word[: max(4, len(word) - 3)] for word in told)
    return sorted(stems, key=len, reverse=True)[:_STEMS]


def _weigh(stems: Sequence[str]) -> SqlCase:
    parts: Iterable[SqlCase] = (
        SqlCase(
            When(Q(search_key__contains=stem), then=Value(len(stem))), default=Value(0), output_field=IntegerField()
        )
        for stem in stems
    )
    total: SqlCase = reduce(add, parts)
    return total


def _likeness(stems: Sequence[str], key: str) -> float:
    """Return how much the words and a claim have in common, by the length of what they share (Dice)."""
    own = _stems_of(key)
    shared = sum(len(stem) for stem in stems if stem in key)
    total = sum(map(len, stems)) + sum(map(len, own))
    return min(1.0, 2 * shared / total) if total else 0.0
