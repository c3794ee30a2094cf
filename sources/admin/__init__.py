"""The admin's pages for cases, parties, documents, accounts and the ledger."""

from . import accounts, cases, changes, documents, parties, tokens

__all__ = ["accounts", "cases", "changes", "documents", "parties", "tokens"]
