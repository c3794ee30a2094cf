"""The admin's pages for cases, parties, documents and the ledger."""

from . import cases, changes, documents, parties, tokens

__all__ = ["cases", "changes", "documents", "parties", "tokens"]
