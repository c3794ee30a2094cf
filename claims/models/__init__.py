"""What is said: questions, claims, statements with their evidence and chains, and how claims stand to each other."""

from .claim import Claim, Question
from .rating import CredibilityRating
from .relation import ClaimRelation
from .statement import Evidence, Relay, Statement, Utterance

__all__ = ["Claim", "ClaimRelation", "CredibilityRating", "Evidence", "Question", "Relay", "Statement", "Utterance"]
