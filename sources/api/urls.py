"""The collections of `sources`; the cases are served by `claims`, which adds what they come to."""

from .documents import Documents
from .excerpts import Excerpts
from .parties import Parties, PartyLinks

COLLECTIONS = [Parties, PartyLinks, Documents, Excerpts]
