"""What is told of a refusal, line by line."""

from django.core.exceptions import ValidationError

from sources.refusals import InUse, RowsRefused


def told_of(refused: Exception) -> list[str]:
    """Return a refusal of the domain in lines that a person can read."""
    if isinstance(refused, ValidationError):
        return list(refused.messages)
    if isinstance(refused, RowsRefused):
        return [message for error in refused.errors.values() for message in error.messages]
    if isinstance(refused, InUse):
        return [f"{refused}: something made later stands on it"]
    return [str(refused)]
