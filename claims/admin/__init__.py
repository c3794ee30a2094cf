"""The admin's pages for what is said."""

from . import claims, concluding, ratings, relations, statements

__all__ = ["claims", "concluding", "ratings", "relations", "statements"]
