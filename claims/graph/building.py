"""Who said what of which claim, in which words, through whom, as nodes and edges.

Public: `Graph`, `graph_of_claim`, `graph_of_case`. Values are JSON as they stand; every dialect writes them from here.
Nodes count against the limit. A statement comes with its speaker, its whole chain, its excerpts, their documents and
those who published them, or not at all.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from sources.choices import Judgement
from sources.models import Case, Document, Party, PartyLink

from ..conflicts import contested_among, opposing_to
from ..models import Claim, ClaimRelation, Question, Statement
from ..reading import ExcerptRow, StatementRow, read_statements
from ..standpoint import Standing
from .nodes import (
    AddressOf,
    Node,
    claim_node,
    document_node,
    excerpt_node,
    party_node,
    question_node,
    statement_node,
)
from .selecting import choose_statements, claims_of_case, walk_from

Edge = dict[str, Any]


@dataclass
class Graph:
    """Nodes by id, and edges; `truncated` where the limit left something out."""

    root: str | None
    depth: int | None
    truncated: bool
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def connect(self, source: str, target: str, kind: str, key: str = "", **attributes: Any) -> None:
        """Add an edge; `key` tells it from others between the same nodes."""
        self.edges.append({"source": source, "target": target, "key": key or kind, "type": kind, **attributes})


def graph_of_claim(
    claim: Claim, *, depth: int, limit: int, statements: QuerySet[Statement], address_of: AddressOf
) -> Graph:
    """Return what lies within `depth` relations of a claim; every node is connected to it."""
    claims, cut = walk_from(claim, depth, limit)
    builder = _Builder(Graph(f"claim:{claim.uid}", depth, cut), claim.case, limit, address_of)
    builder.add_claims(claims, statements)
    return builder.finish()


def graph_of_case(case: Case, *, limit: int, statements: QuerySet[Statement], address_of: AddressOf) -> Graph:
    """Return all of a case: its claims with what is said of them, and what nothing has been said of yet."""
    claims, cut = claims_of_case(case, limit)
    builder = _Builder(Graph(None, None, cut), case, limit, address_of)
    builder.add_claims(claims, statements)
    builder.add_unattached()
    return builder.finish()


class _Builder:
    """Takes nodes while there is room, then connects those that were taken."""

    def __init__(self, graph: Graph, case: Case, limit: int, address_of: AddressOf) -> None:
        self.graph = graph
        self.case = case
        self.limit = limit
        self.address_of = address_of
        # What was taken, by key:
        self.claims: dict[int, Claim] = {}
        self.parties: dict[int, Party] = {}
        self.documents: dict[int, Document] = {}

    # --- taking ---

    def add_claims(self, keys: list[int], statements: QuerySet[Statement]) -> None:
        """Take claims in this order, after each its question and statements, until something finds no room."""
        claims = {claim.pk: claim for claim in Claim.objects.filter(pk__among=keys).select_related("question")}
        chosen, cut = choose_statements(statements, keys, self.limit)
        self.graph.truncated |= cut
        rows = read_statements(Statement.objects.filter(pk__among=[pk for pks in chosen.values() for pk in pks]))
        told = {row.pk: row for row in rows}
        documents, parties = self._read_around(rows)
        for key in keys:
            claim = claims[key]
            if not self._take([claim_node(claim, self.address_of)]):
                return
            self.claims[key] = claim
            if claim.question is not None and not self._take([question_node(claim.question, self.address_of)]):
                return
            for pk in chosen.get(key, ()):
                if not self._take_statement(told[pk], documents, parties):
                    return

    def add_unattached(self) -> None:
        """Take the questions, documents and parties of the case that no claim has brought along."""
        for question in Question.objects.filter(case=self.case).order_by("uid")[: self.limit + 1]:
            self._take([question_node(question, self.address_of)])
        documents = Document.objects.filter(case=self.case).select_related("publisher").order_by("uid")
        for document in documents[: self.limit + 1]:
            publishers = [document.publisher] if document.publisher is not None else []
            nodes = [document_node(document, self.address_of)]
            if self._take(nodes + [party_node(party, self.address_of) for party in publishers]):
                self.documents[document.pk] = document
                self.parties |= {party.pk: party for party in publishers}
        for party in Party.objects.filter(case=self.case).standing().order_by("uid")[: self.limit + 1]:
            if self._take([party_node(party, self.address_of)]):
                self.parties[party.pk] = party

    def _take(self, nodes: list[Node]) -> bool:
        """Add nodes that belong together; where there is no room for all of them, add none and say so."""
        new = {node["id"]: node for node in nodes if node["id"] not in self.graph.nodes}
        if len(self.graph.nodes) + len(new) > self.limit:
            self.graph.truncated = True
            return False
        self.graph.nodes |= new
        return True

    def _take_statement(self, row: StatementRow, documents: dict[int, Document], parties: dict[int, Party]) -> bool:
        pieces: list[ExcerptRow] = [piece for _, piece in row.evidence]
        near_documents = {piece.document_id: documents[piece.document_id] for piece in pieces}
        near_parties = {
            key: parties[key]
            for key in (
                row.speaker_id,
                *(relay.party_id for relay in row.relays),
                *(document.publisher_id for document in near_documents.values()),
            )
            if key is not None
        }
        statement = statement_node(row, self.address_of)
        taken = self._take(
            [
                statement,
                *(excerpt_node(piece, self.address_of) for piece in pieces),
                *(document_node(document, self.address_of) for document in near_documents.values()),
                *(party_node(party, self.address_of) for party in near_parties.values()),
            ]
        )
        if taken:
            self.documents |= near_documents
            self.parties |= near_parties
            self._connect_statement(statement["id"], row)
        return taken

    def _read_around(self, rows: list[StatementRow]) -> tuple[dict[int, Document], dict[int, Party]]:
        """Return the documents and parties that these statements bring along, by key."""
        documents = Document.objects.in_bulk({piece.document_id for row in rows for _, piece in row.evidence})
        keys = {row.speaker_id for row in rows}
        keys |= {relay.party_id for row in rows for relay in row.relays}
        keys |= {document.publisher_id for document in documents.values()}
        return documents, Party.objects.in_bulk(keys - {None})

    # --- connecting ---

    def finish(self) -> Graph:
        """Connect what was taken, and sort, so that the same rows make the same answer byte for byte."""
        self._mark_claims()
        self._connect_claims()
        self._connect_parties()
        graph = self.graph
        graph.nodes = dict(sorted(graph.nodes.items()))
        graph.edges.sort(key=lambda edge: (edge["source"], edge["target"], edge["key"]))
        return graph

    def _connect_statement(self, node: str, row: StatementRow) -> None:
        graph = self.graph
        graph.connect(node, f"claim:{row.claim}", row.stance)
        if row.speaker is not None:
            graph.connect(node, f"party:{row.speaker}", "made_by")
        for relay in row.relays:
            if relay.party is not None:
                graph.connect(node, f"party:{relay.party}", "relayed_by", hop=relay.hop, attitude=relay.attitude)
        for role, piece in row.evidence:
            excerpt = f"excerpt:{piece.uid}"
            graph.connect(node, excerpt, "evidenced_by", f"evidenced_by:{role}", role=role)
            graph.nodes[excerpt].setdefault("document", f"document:{piece.document}")

    def _mark_claims(self) -> None:
        """Say of each claim whether it is contested, and by which statements, those that found no room included."""
        with_case = dict.fromkeys(self.claims, self.case.pk)
        standing = Standing([self.case.pk])
        contested, opposing = contested_among(with_case, standing), opposing_to(with_case, standing)
        for key, claim in self.claims.items():
            node = self.graph.nodes[f"claim:{claim.uid}"]
            node["contested"] = key in contested
            node["opposing"] = [str(found.statement) for found in opposing[key]]

    def _connect_claims(self) -> None:
        for claim in self.claims.values():
            if claim.question is not None and f"question:{claim.question.uid}" in self.graph.nodes:
                self.graph.connect(f"claim:{claim.uid}", f"question:{claim.question.uid}", "answers")
        relations = ClaimRelation.objects.filter(claim_a__among=self.claims, claim_b__among=self.claims).not_refuted()
        for uid, a, b, kind, strength, aspects, judgement in relations.values_list(
            "uid", "claim_a_id", "claim_b_id", "kind", "strength", "aspects", "judgement"
        ):
            source, target = f"claim:{self.claims[a].uid}", f"claim:{self.claims[b].uid}"
            self.graph.connect(
                source, target, kind, str(uid), strength=strength or None, aspects=aspects, judgement=judgement
            )

    def _connect_parties(self) -> None:
        for node in [node for node in self.graph.nodes.values() if node["type"] == "excerpt"]:
            self.graph.connect(node["id"], node["document"], "quoted_from")
        for document in self.documents.values():
            if document.publisher_id in self.parties:
                publisher = self.parties[document.publisher_id]
                self.graph.connect(f"document:{document.uid}", f"party:{publisher.uid}", "published_by")
        usable = PartyLink.objects.usable_in(self.case)
        links = usable.filter(from_party__among=self.parties, to_party__among=self.parties)
        for link in links.exclude(judgement=Judgement.NEGATIVE):
            start, end = self.parties[link.from_party_id], self.parties[link.to_party_id]
            self.graph.connect(
                f"party:{start.uid}",
                f"party:{end.uid}",
                link.kind,
                str(link.uid),
                since=link.since.isoformat() if link.since else None,
                until=link.until.isoformat() if link.until else None,
                judgement=link.judgement,
            )
