"""How is an act taken back?

Public: `undo_change`, `role_to_undo`. Every row that the act touched is made what it was before, by a new act that
names the one it takes back; the ledger only ever grows. Rows that were changed again since are in the way, and are
named.
"""

from functools import cache

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from sources.choices import Role
from sources.ledger import Act, By, Image, images_of, record_models
from sources.models import Case, Change, ChangeItem, Excerpt, Record
from sources.refusals import InUse

from .models import ClaimRelation, Statement
from .relating import check_classes
from .succession import refresh_live

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


def role_to_undo(actor: User | None, change: Change) -> Role:
    """Return the least role that may take this act back: an annotator's own acts are theirs to take back."""
    own = actor is not None and change.actor_id == actor.pk and change.act not in _OF_LEADS
    # Or else a lead who was made an annotator would take back their own part in that.
    return Role.ANNOTATOR if own and not change.items.filter(kind__in=_KINDS_OF_LEADS).exists() else Role.LEAD


def undo_change(*, by: By, change: Change) -> Change:
    """Take back one act and return the entry of doing so. One's own acts an annotator may take back, others' a lead.

    Raises ValidationError, naming the rows, where one was changed since or its image was erased, and where nothing of
    the act is left to take back: words that it cut and that others quote by now.
    """
    case = Case.objects.filter(uid=change.case_uid).first() if change.case_uid else None
    if change.case_uid and case is None:
        raise ValidationError("the case of this act is gone", code="gone")
    with by.act("undo", case, needs=role_to_undo(by.actor, change)) as act:
        act.undoes = change.sequence
        items = list(change.items.order_by("pk"))
        _check_current(items)
        made, unmade = [i for i in items if not i.before_digest], [i for i in items if i.before_digest]
        for item in sorted(unmade, key=lambda item: _rank(item.kind)):
            act.restore(record_models()[item.kind], item.before or {})
        for item in sorted(made, key=lambda item: -_rank(item.kind)):
            _unmake(act, item)
        _check_rules(case, items)
    if act.entry is None:
        raise ValidationError("nothing of this act is left to take back", code="nothing_left")
    return act.entry


def _check_current(items: list[ChangeItem]) -> None:
    """Raise ValidationError where a row is not as the act left it, apart from the count of its revisions."""
    messages = []
    for item in items:
        if item.salt == "":
            messages.append(f"{item.kind} {item.uid}: what it was has been erased")
        elif _without_revision(_current(item)) != _without_revision(item.after):
            messages.append(f"{item.kind} {item.uid}: it was changed since")
    if messages:
        raise ValidationError([ValidationError(message, code="changed_since") for message in messages])


def _current(item: ChangeItem) -> Image | None:
    rows = record_models()[item.kind]._base_manager.filter(uid=item.uid)
    return next((image for _, image in images_of(rows)), None)


def _without_revision(image: Image | None) -> Image | None:
    return None if image is None else {name: value for name, value in image.items() if name != "revision"}


def _unmake(act: Act, item: ChangeItem) -> None:
    """Delete a row that the act had made; words that others quote by now stay cut."""
    model = record_models()[item.kind]
    row = model._base_manager.filter(uid=item.uid).first()
    if row is None:
        return  # went along with what owned it
    try:
        act.delete(row)
    except InUse:
        if model is not Excerpt:
            raise


def _check_rules(case: Case | None, items: list[ChangeItem]) -> None:
    """See to what several rows must agree on, as the writers of these rows do."""
    uids = {kind: [item.uid for item in items if item.kind == kind] for kind in ("statement", "claimrelation")}
    statements = Statement.objects.with_uids(uids["statement"])
    refresh_live(pk for pair in statements.values_list("pk", "supersedes_id") for pk in pair)
    earlier = {item.before["supersedes"] for item in items if item.kind == "statement" and item.before}
    earlier |= {item.after["supersedes"] for item in items if item.kind == "statement" and item.after}
    refresh_live(Statement.objects.with_uids(earlier - {None}).values_list("pk", flat=True))
    relations = list(ClaimRelation.objects.with_uids(uids["claimrelation"]))
    if case is not None and relations:
        check_classes(case, relations)


@cache
def _rank(kind: str) -> int:
    """Return how far a sort of row stands from those that it points to: these are made before it, and go after it."""
    model = record_models()[kind]
    targets = {column.related_model for column in model._meta.concrete_fields if column.is_relation}
    records = [t for t in targets if isinstance(t, type) and issubclass(t, Record) and t is not model]
    return 1 + max((_rank(target.record_kind()) for target in records), default=0)
