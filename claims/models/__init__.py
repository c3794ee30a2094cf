"""What is said, how claims stand to each other, and what analysts hold of it."""

from .claim import Claim, Question
from .concluding import Conclusion, IndependenceJudgement
from .rating import CredibilityRating
from .relation import ClaimRelation
from .statement import Evidence, Relay, Statement, Utterance

__all__ = [
    "Claim",
    "ClaimRelation",
    "Conclusion",
    "CredibilityRating",
    "Evidence",
    "IndependenceJudgement",
    "Question",
    "Relay",
    "Statement",
    "Utterance",
]
