"""The closed vocabularies of who speaks and where it is written. Values are public: they are JSON, and stay."""

from django.db import models


class Access(models.TextChoices):
    """Who may see a case."""

    OPEN = "open", "open to every analyst"
    MEMBERS = "members", "members only"


class Role(models.TextChoices):
    """What a member may do in a case; each role includes those before it."""

    READER = "reader", "reader"
    ANNOTATOR = "annotator", "annotator"
    LEAD = "lead", "lead"

    def includes(self, other: "Role") -> bool:
        """Tell whether this role may do all that `other` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


class PartyKind(models.TextChoices):
    """What sort of speaker a party is."""

    PERSON = "person", "person"
    GROUP = "group", "group"
    ORGANISATION = "organisation", "organisation"
    GOVERNMENT = "government", "government body"
    MEDIA = "media", "medium"
    UNKNOWN = "unknown", "unknown"


class Naming(models.TextChoices):
    """How the public label of a party stands to its name."""

    NAMED = "named", "named"
    PSEUDONYM = "pseudonym", "pseudonym"
    UNNAMED = "unnamed", "unnamed"


class LinkKind(models.TextChoices):
    """How one party stands to another (after FollowTheMoney's relations)."""

    PART_OF = "part_of", "is part of"
    CONTROLLED_BY = "controlled_by", "is controlled by"
    SPEAKS_FOR = "speaks_for", "speaks for"
    SAME_AS = "same_as", "is the same as"


class Judgement(models.TextChoices):
    """What an analyst holds of a proposed pair; "unsure" is a judgement, "unjudged" is none."""

    UNJUDGED = "unjudged", "not judged yet"
    POSITIVE = "positive", "holds"
    NEGATIVE = "negative", "does not hold"
    UNSURE = "unsure", "cannot be told"


class Reliability(models.TextChoices):
    """How far a party can be relied upon (Admiralty scale, first axis). F is no grade: it exports as null."""

    A = "A", "A: completely reliable"
    B = "B", "B: usually reliable"
    C = "C", "C: fairly reliable"
    D = "D", "D: not usually reliable"
    E = "E", "E: unreliable"
    F = "F", "F: cannot be judged"


# What was done, by the name of the act in the ledger, to follow the name of whoever did it. The names are public:
# the feed of changes carries them.
ACTS = {
    "add_alias": "added a name of a party",
    "admit_member": "admitted a member",
    "capture_document": "captured a document",
    "capture_version": "captured a text",
    "cut_excerpt": "cut out words",
    "dismiss_member": "ended a membership",
    "import_bundle": "imported a bundle",
    "judge_independence": "judged the origins of two statements",
    "link_parties": "linked parties",
    "load_seed": "loaded the first case",
    "merge_claim": "merged two claims",
    "merge_party": "merged two parties",
    "note_utterance": "noted an utterance",
    "open_case": "opened the case",
    "pose_question": "posed a question",
    "rate_party": "rated a party",
    "rate_statement": "rated a statement",
    "record_statement": "recorded a statement",
    "register_party": "registered a party",
    "reinstate_statement": "put back a statement",
    "relate_claims": "related claims",
    "review_statement": "reviewed statements",
    "share_party": "moved a party into the shared register",
    "sign_conclusion": "signed a conclusion",
    "undo": "took back an entry",
    "withdraw_statement": "withdrew a statement",
    "word_claim": "worded a claim",
}
_ACTS_ON_ROWS = {"revise": "changed", "delete": "deleted"}  # `revise_party`, `delete_claimrelation`
_ROWS = {
    "case": "the case",
    "casemembership": "a membership",
    "claim": "a claim",
    "claimrelation": "a relation",
    "document": "a document",
    "excerpt": "an excerpt",
    "party": "a party",
    "partyalias": "a name of a party",
    "partylink": "a link between parties",
    "question": "a question",
    "statement": "a statement",
    "utterance": "an utterance",
}


def tell_act(act: str) -> str:
    """Return an act of the ledger in words; one that has none yet, without its underscores."""
    if act in ACTS:
        return ACTS[act]
    verb, _, kind = act.partition("_")
    if verb in _ACTS_ON_ROWS and kind in _ROWS:
        return f"{_ACTS_ON_ROWS[verb]} {_ROWS[kind]}"
    return act.replace("_", " ")
