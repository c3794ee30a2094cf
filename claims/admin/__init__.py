"""The admin's pages for what is said."""

from . import claims, relations, statements

__all__ = ["claims", "relations", "statements"]
