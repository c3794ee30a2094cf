"""The admin's pages for what is said."""

from . import claims, ratings, relations, statements

__all__ = ["claims", "ratings", "relations", "statements"]
