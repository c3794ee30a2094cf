"""The closed vocabularies of what is said, how, and against what. Values are public: they are JSON, and stay."""

from django.db import models


class Mode(models.TextChoices):
    """What sort of proposition a claim is."""

    FACT = "fact", "fact"
    PLAN = "plan", "plan"
    PREDICTION = "prediction", "prediction"
    CONDITIONAL = "conditional", "conditional"
    EVALUATION = "evaluation", "evaluation"


class Voice(models.TextChoices):
    """Whose statement it is (PDTB source: other, writer, arbitrary)."""

    PARTY = "party", "a party"
    AUTHOR = "author", "the document's author"
    UNDISCLOSED = "undisclosed", "undisclosed"


class Stance(models.TextChoices):
    """What the speaker does about the claim."""

    ASSERTS = "asserts", "asserts"
    DENIES = "denies", "denies"
    QUESTIONS = "questions", "questions"
    LEAVES_OPEN = "leaves_open", "leaves open"
    DECLINES = "declines", "declines to say"
    RETRACTS = "retracts", "retracts"


class Manner(models.TextChoices):
    """How the document gives the words."""

    DIRECT = "direct", "in the speaker's words"
    INDIRECT = "indirect", "in the author's words"
    MIXED = "mixed", "partly in the speaker's words"
    UNCLEAR = "unclear", "cannot be told"


class Attitude(models.TextChoices):
    """How the one who passes words on presents them: framing by the author, attitude of a relay."""

    NEUTRAL = "neutral", "neutral"
    ENDORSES = "endorses", "endorses"
    DISTANCES = "distances", "keeps a distance"
    DISPUTES = "disputes", "disputes"


class AttributionType(models.TextChoices):
    """What the outermost verb of attribution expresses (PDTB attribution type)."""

    ASSERTION = "assertion", "assertion"
    BELIEF = "belief", "belief"
    PERCEPTION = "perception", "perception"
    INTENTION = "intention", "intention"


class Certainty(models.TextChoices):
    """How sure the speaker is (FactBank)."""

    CERTAIN = "certain", "certain"
    PROBABLE = "probable", "probable"
    POSSIBLE = "possible", "possible"
    UNSTATED = "unstated", "not stated"


class Basis(models.TextChoices):
    """How the speaker knows."""

    WITNESSED = "witnessed", "saw it"
    TOLD = "told", "was told"
    DOCUMENTARY = "documentary", "from documents"
    INFERRED = "inferred", "inferred it"
    UNSTATED = "unstated", "not stated"


class Review(models.TextChoices):
    """Where a statement stands in review; rejected ones are not live."""

    DRAFT = "draft", "draft"
    ACCEPTED = "accepted", "accepted"
    REJECTED = "rejected", "rejected"


class EvidenceRole(models.TextChoices):
    """What the words do in the attribution (PARC3 source, cue, content; antecedent: what a pronoun refers to)."""

    CONTENT = "content", "content"
    CUE = "cue", "cue"
    SOURCE = "source", "source"
    ANTECEDENT = "antecedent", "antecedent"


class RelationKind(models.TextChoices):
    """How one claim stands to another (AIF, Argdown)."""

    CONTRADICTS = "contradicts", "contradicts"
    EQUIVALENT = "equivalent", "says the same as"
    ENTAILS = "entails", "entails"
    SUPPORTS = "supports", "supports"

    @property
    def is_symmetric(self) -> bool:
        """Tell whether the pair has no direction."""
        return self in (RelationKind.CONTRADICTS, RelationKind.EQUIVALENT)


class Strength(models.TextChoices):
    """How far two contradicting claims exclude each other (Argdown: contrary against contradictory)."""

    CONTRADICTORY = "contradictory", "exactly one holds"
    CONTRARY = "contrary", "not both, perhaps neither"
    TENSION = "tension", "both may hold, to be read together"


class Aspect(models.TextChoices):
    """In what respect two claims contradict each other."""

    WHO = "who", "who"
    WHAT = "what", "what"
    NUMBER = "number", "number"
    TIME = "time", "time"
    PLACE = "place", "place"
    INTENT = "intent", "intent"
    EXISTENCE = "existence", "existence"


class Credibility(models.TextChoices):
    """How credible a statement is (Admiralty scale, second axis). 6 is no grade: it exports as null."""

    CONFIRMED = "1", "1: confirmed by other sources"
    PROBABLE = "2", "2: probably true"
    POSSIBLE = "3", "3: possibly true"
    DOUBTFUL = "4", "4: doubtful"
    IMPROBABLE = "5", "5: improbable"
    UNJUDGED = "6", "6: cannot be judged"


class Independent(models.TextChoices):
    """Whether two statements go back to one origin, as an analyst holds."""

    INDEPENDENT = "independent", "independent of each other"
    SHARED = "shared", "from one origin"


class Position(models.TextChoices):
    """What an account does about a claim, read off its commitments."""

    ASSERTS = "asserts", "asserts"
    DENIES = "denies", "denies"
    BOTH = "both", "asserts and denies"
    RIVAL = "rival", "asserts what contradicts it"
    IMPLIED = "implied", "is bound to it by what it says"
    QUESTIONS = "questions", "questions"
    LEAVES_OPEN = "leaves_open", "leaves open"
    DECLINES = "declines", "declines to say"
    SILENT = "silent", "nothing recorded"


class Bears(models.TextChoices):
    """What a statement of an account has to do with the claim of a row."""

    DIRECT = "direct", "says it of the claim itself"
    IMPLIED = "implied", "follows from it"
    RIVAL = "rival", "asserts what contradicts it"
    RELATED = "related", "to be read together with it"


class Agreement(models.TextChoices):
    """How accounts stand to one another on a claim, in the order in which rows are shown."""

    CONFLICT = "conflict", "they cannot both stand"
    TENSION = "tension", "to be read together"
    AGREEMENT = "agreement", "they say the same"
    DIFFERING = "differing", "they differ, and may both stand"
    ONE_SIDED = "one_sided", "only one side speaks of it"
