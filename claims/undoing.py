"""How is an act taken back?

Public: `undo_change`, `role_to_undo`, `is_for_good`. Every row that the act touched is made what it was before, by a
new act that names the one it takes back; the ledger only ever grows. Rows that were changed again since are in the way,
and are named, and so is what the writers of these rows would not write today.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F

from sources.choices import Judgement, Role
from sources.images import Image, fit_image, images_of, record_models, values_of
from sources.ledger import Act, By
from sources.models import Case, Change, ChangeItem, Excerpt, PartyLink, Record
from sources.refusals import RowsRefused
from sources.registering import check_links

from .choices import Review
from .models import ClaimRelation, Statement
from .relating import check_classes
from .succession import find_circles, refresh_live

# Acts of a lead, which are a lead's to take back even where an annotator's own acts are not.
_OF_LEADS = (
    "review_statement",
    "import_bundle",
    "load_seed",
    "merge_party",
    "merge_claim",
    "sign_conclusion",
    "judge_independence",
)
_KINDS_OF_LEADS = ("case", "casemembership")
_FOR_GOOD = ("share_party",)  # other cases may use the party by now


def is_for_good(change: Change) -> bool:
    """Tell whether there is no way back from this act."""
    return change.act in _FOR_GOOD


def role_to_undo(actor: User | None, change: Change) -> Role:
    """Return the least role that may take this act back: an annotator's own acts are theirs to take back.

    Not so what is a lead's to do, or else a lead who was made an annotator would take back their part in that.
    """
    if actor is None or change.actor_id != actor.pk or change.act in _OF_LEADS:
        return Role.LEAD
    images = change.items.values_list("kind", "before", "after")
    return Role.LEAD if any(kind in _KINDS_OF_LEADS or _is_judged(*both) for kind, *both in images) else Role.ANNOTATOR


def _is_judged(*images: Image | None) -> bool:
    """Tell whether a lead's word is in one of the images."""
    return any(
        image.get("judgement", Judgement.UNJUDGED) != Judgement.UNJUDGED
        or image.get("review", Review.DRAFT) != Review.DRAFT
        for image in images
        if image
    )


def undo_change(*, by: By, change: Change) -> Change:
    """Take back one act and return the entry of doing so. One's own acts an annotator may take back, others' a lead.

    Raises ValidationError, naming the rows, where one was changed since or its image was erased, where what was there
    cannot stand beside what is there now, and where nothing of the act is left to take back: words that it cut and that
    others quote by now.
    """
    items = list(change.items.order_by("pk"))
    case = _case_of(change)
    if change.case_uid and case is None and not any(item.kind == "case" and item.before_digest for item in items):
        raise ValidationError("the case of this act is gone", code="gone")
    if is_for_good(change):
        raise ValidationError("a party that was moved into the shared register stays there", code="for_good")
    try:
        with by.act("undo", case, needs=role_to_undo(by.actor, change)) as act:
            act.undoes = change.sequence
            _check_current(items)
            _take_back(act, items)
            act.case_uid = change.case_uid  # where the case itself comes back, it was none's until here
            _check_rules(_case_of(change), items)
    except RowsRefused as refused:
        raise ValidationError(list(refused.errors.values())) from refused
    except IntegrityError as refused:
        raise ValidationError(list(_explain(items, refused))) from refused
    if act.entry is None:
        raise ValidationError("nothing of this act is left to take back", code="nothing_left")
    return act.entry


def _case_of(change: Change) -> Case | None:
    return Case.objects.filter(uid=change.case_uid).first() if change.case_uid else None


def _take_back(act: Act, items: Iterable[ChangeItem]) -> None:
    """Make every row what it was.

    What was made and bears nothing goes first, and leaves its place to what stood there: a chain was written anew. Then
    what was changed or deleted comes back, what others point to before these; then the rest of what was made goes.
    """
    was: dict[str, list[Image]] = defaultdict(list)
    made: dict[str, list[UUID]] = defaultdict(list)
    for item in items:
        if item.before_digest:
            was[item.kind].append(item.before or {})
        else:
            made[item.kind].append(item.uid)
    in_order = sorted(made, key=lambda kind: -_rank(kind))
    for kind in in_order:
        if not _bears(kind):
            _unmake(act, kind, made[kind])
    for kind in sorted(was, key=_rank):
        act.restore(record_models()[kind], was[kind])
    for kind in in_order:
        if _bears(kind):
            _unmake(act, kind, made[kind])


def _check_current(items: list[ChangeItem]) -> None:
    """Raise ValidationError where a row is not as the act left it, apart from the count of its revisions."""
    uids = _uids_by_kind(items)
    now = {
        (kind, image["uid"]): image
        for kind, some in uids.items()
        for _, image in images_of(record_models()[kind]._base_manager.filter(uid__in=some))
    }
    messages = []
    for item in items:
        if item.salt == "":
            messages.append(f"{item.kind} {item.uid}: what it was has been erased")
        elif _apart_from_revision(item.kind, now.get((item.kind, str(item.uid)))) != _apart_from_revision(
            item.kind, item.after
        ):
            messages.append(f"{item.kind} {item.uid}: it was changed since")
    if messages:
        raise ValidationError([ValidationError(message, code="changed_since") for message in messages])


def _uids_by_kind(items: Iterable[ChangeItem]) -> dict[str, list[UUID]]:
    uids: dict[str, list[UUID]] = defaultdict(list)
    for item in items:
        uids[item.kind].append(item.uid)
    return uids


def _apart_from_revision(kind: str, image: Image | None) -> Image | None:
    return None if image is None else {**fit_image(record_models()[kind], image), "revision": None}


def _unmake(act: Act, kind: str, uids: Iterable[UUID]) -> None:
    """Delete rows that the act had made; words that others quote by now stay cut."""
    rows: Any = record_models()[kind]._base_manager.filter(uid__in=uids)
    if rows.model is Excerpt:
        rows = rows.filter(statements=None, evidence=None)
    act.delete_many(list(rows.order_by("pk")))


def _check_rules(case: Case | None, items: Iterable[ChangeItem]) -> None:
    """See to what several rows must agree on, as the writers of these rows do."""
    uids = _uids_by_kind(items)
    if uids["statement"]:
        _check_succession(case, items)
    twice = Statement.objects.filter(uid__in=uids["statement"] + _statements_of(items), relays__party=F("speaker"))
    if found := sorted({str(uid) for uid in twice.values_list("uid", flat=True)}):
        raise ValidationError(f"a party would stand twice in the chain of {', '.join(found)}", code="twice")
    if links := list(PartyLink.objects.filter(uid__in=uids["partylink"])):
        check_links(case, links)
    relations = list(ClaimRelation.objects.with_uids(uids["claimrelation"]))
    if case is not None and relations:
        check_classes(case, relations)


def _statements_of(items: Iterable[ChangeItem]) -> list[UUID]:
    """Return the statements whose chains the act touched."""
    return [UUID(image["statement"]) for item in items if item.kind == "relay" and (image := item.before or item.after)]


def _check_succession(case: Case | None, items: Iterable[ChangeItem]) -> None:
    """Raise ValidationError where statements would supersede one another; say anew which are live."""
    of_case = Statement.objects.filter(case=case, supersedes__isnull=False)
    for circle in find_circles(dict(of_case.values_list("pk", "supersedes_id"))):
        told = ", ".join(str(uid) for uid in Statement.objects.filter(pk__in=circle).values_list("uid", flat=True))
        raise ValidationError(f"these statements would supersede one another: {told}", code="circle")
    own = [item for item in items if item.kind == "statement"]
    near = {image["supersedes"] for item in own for image in (item.before, item.after) if image} - {None}
    statements = Statement.objects.with_uids(near | {item.uid for item in own})
    refresh_live(pk for pair in statements.values_list("pk", "supersedes_id") for pk in pair)


def _explain(items: Iterable[ChangeItem], refused: IntegrityError) -> Iterator[ValidationError]:
    """Yield why the database refused: rows in whose place others stand, or else the rule in its own words."""
    told = False
    for item in items:
        model = record_models()[item.kind]
        if not item.before or model._base_manager.filter(uid=item.uid).exists():
            continue
        (values,) = values_of(model, [item.before])
        try:
            model(**values).validate_constraints()
        except ValidationError:
            told = True
            yield ValidationError(f"{item.kind} {item.uid}: it stands there again", code="there_again")
    if not told:
        words = str(refused).splitlines()[0]
        yield ValidationError(f"what was there cannot stand beside what is there now: {words}", code="rule")


@cache
def _bears(kind: str) -> bool:
    """Tell whether other rows may point to one of this sort."""
    targets = (relation.related_model for relation in record_models()[kind]._meta.related_objects)
    return any(isinstance(target, type) and issubclass(target, Record) for target in targets)


@cache
def _rank(kind: str) -> int:
    """Return how far a sort of row stands from those that it points to: these are made before it, and go after it."""
    model = record_models()[kind]
    targets = {column.related_model for column in model._meta.concrete_fields if column.is_relation}
    records = [t for t in targets if isinstance(t, type) and issubclass(t, Record) and t is not model]
    return 1 + max((_rank(target.record_kind()) for target in records), default=0)
