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
