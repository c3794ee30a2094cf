"""How fast could it be? The same rows by SQL written by hand, read by a bare cursor and put through `json.dumps`.

Each floor says in its first line what it does and what it leaves out. What no floor does: classes, entailment,
permissions, addresses, signatures, public shapes. It is a floor to measure against, not a way to write the product.
"""

# ruff: noqa: S608  SQL made of our own names and of whole numbers

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]

_STATEMENT = """
    SELECT s.id, s.uid, s.revision, s.claim_id, c.uid, c.text, s.voice, s.speaker_id, p.uid, p.label, s.stance,
           s.manner, s.framing, s.attribution_type, s.certainty, s.basis, s.cue, s.said_at, s.said_note, u.uid, t.uid,
           s.review, s.withdrawn_at, s.is_live, e.id, e.uid, e.start, e."end", e.exact, e.prefix, e.suffix, v.number,
           d.id, d.uid, d.title, d.published_at, d.publisher_id, q.uid, q.label
    FROM claims_statement s
    JOIN claims_claim c ON c.id = s.claim_id
    JOIN sources_excerpt e ON e.id = s.excerpt_id
    JOIN sources_documentversion v ON v.id = e.version_id
    JOIN sources_document d ON d.id = v.document_id
    LEFT JOIN sources_party p ON p.id = s.speaker_id
    LEFT JOIN sources_party q ON q.id = d.publisher_id
    LEFT JOIN claims_utterance u ON u.id = s.utterance_id
    LEFT JOIN claims_statement t ON t.id = s.supersedes_id
"""
_CLAIM = """
    SELECT c.id, c.uid, c.text, c.mode, c.occurred_from, c.occurred_to, c.occurred_note, c.place, c.quantity_low,
           c.quantity_high, c.quantity_approximate, c.unit, c.note, c.revision, q.id, q.uid, q.text
    FROM claims_claim c LEFT JOIN claims_question q ON q.id = c.question_id
"""
_RIVALS = """
    SELECT claim_a_id AS here, claim_b_id AS there, strength FROM claims_claimrelation
    WHERE kind = 'contradicts' AND judgement = 'positive' AND case_id = %s
    UNION ALL
    SELECT claim_b_id, claim_a_id, strength FROM claims_claimrelation
    WHERE kind = 'contradicts' AND judgement = 'positive' AND case_id = %s
"""


def _read(sql: str, *parameters: Any) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _among(column: str) -> str:
    """Return the condition that a column holds one of the keys that `_keys` binds."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def _keys(keys: Sequence[int]) -> Any:
    return list(keys) if connection.vendor == "postgresql" else json.dumps(list(keys))


def _dump(*parts: object) -> str:
    return json.dumps(parts, default=str)


# --- statements ----------------------------------------------------------------------------------------------------


def _around(statements: Sequence[int]) -> tuple[Rows, Rows, Rows]:
    """Return statements with what they point to, their further evidence and their chains: three queries."""
    keys = _keys(statements)
    evidence = _read(
        'SELECT x.statement_id, x.role, e.id, e.uid, e.start, e."end", e.exact, e.prefix, e.suffix '
        "FROM claims_evidence x JOIN sources_excerpt e ON e.id = x.excerpt_id "
        f"WHERE {_among('x.statement_id')} ORDER BY x.id",
        keys,
    )
    relays = _read(
        "SELECT r.statement_id, r.hop, r.party_id, p.uid, p.label, r.is_gap, r.cue, r.attitude "
        "FROM claims_relay r LEFT JOIN sources_party p ON p.id = r.party_id "
        f"WHERE {_among('r.statement_id')} ORDER BY r.statement_id, r.hop",
        keys,
    )
    return _read(f"{_STATEMENT} WHERE {_among('s.id')} ORDER BY s.uid", keys), evidence, relays


def list_statements(case: int, limit: int) -> str:
    """Keys in the order of uid, then rows, evidence and chains; without `contested`: four queries."""
    keys = _read("SELECT id FROM claims_statement WHERE case_id = %s AND is_live ORDER BY uid LIMIT %s", case, limit)
    return _dump(_around([key for (key,) in keys]))


# --- claims --------------------------------------------------------------------------------------------------------


def _against(case: int, claims: Sequence[int]) -> tuple[Rows, Rows, Rows]:
    """Return counts of stances, denials and what is asserted of rivals, all of these claims."""
    keys = _keys(claims)
    counts = _read(
        "SELECT claim_id, stance, count(*) FROM claims_statement "
        f"WHERE {_among('claim_id')} AND is_live GROUP BY claim_id, stance",
        keys,
    )
    denials = _read(
        "SELECT claim_id, uid, 'denial', 'contradictory' FROM claims_statement "
        f"WHERE {_among('claim_id')} AND is_live AND stance = 'denies' ORDER BY uid",
        keys,
    )
    rivals = _read(
        f"SELECT r.here, s.uid, 'relation', r.strength FROM ({_RIVALS}) r "
        "JOIN claims_statement s ON s.claim_id = r.there AND s.is_live AND s.stance = 'asserts' "
        f"WHERE {_among('r.here')}",
        case,
        case,
        keys,
    )
    return counts, denials, rivals


def show_claim(case: int, claim: int) -> str:
    """The row, counts of stances, its denials, what is asserted of its rivals: four queries."""
    return _dump(_read(f"{_CLAIM} WHERE c.id = %s", claim), _against(case, [claim]))


def list_claims(case: int, limit: int) -> str:
    """As for one claim, for a page in the order of uid: four queries."""
    rows = _read(f"{_CLAIM} WHERE c.case_id = %s AND c.merged_into_id IS NULL ORDER BY c.uid LIMIT %s", case, limit)
    return _dump(rows, _against(case, [row[0] for row in rows]))


def _contested(case: int, limit: int) -> list[int]:
    """Return claims asserted and denied, or asserted as a rival is, or both denied, in the order of uid."""
    said = "SELECT 1 FROM claims_statement s WHERE s.claim_id = {} AND s.is_live AND s.stance = '{}'"
    rows = _read(
        "SELECT c.id FROM claims_claim c WHERE c.case_id = %s AND c.merged_into_id IS NULL AND ("
        f"  EXISTS ({said.format('c.id', 'asserts')}) AND EXISTS ({said.format('c.id', 'denies')})"
        "   OR EXISTS (SELECT 1 FROM claims_claimrelation r JOIN claims_claim o"
        "     ON o.id = CASE WHEN r.claim_a_id = c.id THEN r.claim_b_id ELSE r.claim_a_id END"
        "     WHERE (r.claim_a_id = c.id OR r.claim_b_id = c.id) AND r.kind = 'contradicts'"
        "       AND r.judgement = 'positive' AND r.strength <> 'tension' AND ("
        f"        EXISTS ({said.format('c.id', 'asserts')}) AND EXISTS ({said.format('o.id', 'asserts')})"
        "         OR r.strength = 'contradictory'"
        f"          AND EXISTS ({said.format('c.id', 'denies')}) AND EXISTS ({said.format('o.id', 'denies')}))))"
        " ORDER BY c.uid LIMIT %s",
        case,
        limit,
    )
    return [key for (key,) in rows]


def list_contested(case: int, limit: int) -> str:
    """Claims with an EXISTS for each way to be contested, then as for a list: five queries."""
    keys = _contested(case, limit)
    return _dump(_read(f"{_CLAIM} WHERE {_among('c.id')} ORDER BY c.uid", _keys(keys)), _against(case, keys))


# --- conflicts -----------------------------------------------------------------------------------------------------


def list_conflicts(case: int, limit: int, *, since: int = 0, claim: int | None = None, tensions: bool = True) -> str:
    """Denials on one claim and pairs across a contradiction from a claim's key on, by joins, then statement rows."""
    lower = "" if tensions else "AND r.strength <> 'tension'"
    of_claim = "" if claim is None else f"AND a.claim_id = {claim:d}"
    # The claim may be either end of a relation: the lower key stands first, so the two cases are asked apart.
    ends = ("",) if claim is None else (f"AND r.claim_a_id = {claim:d}", f"AND r.claim_b_id = {claim:d}")
    live = "AND {0}.is_live AND {0}.stance = '{1}'"
    parts = [
        "SELECT a.claim_id, b.claim_id, a.id, b.id, 'denial', 'contradictory', '' FROM claims_statement a "
        f"JOIN claims_statement b ON b.claim_id = a.claim_id {live.format('b', 'denies')} "
        f"WHERE a.case_id = {case:d} {live.format('a', 'asserts')} {of_claim} AND a.claim_id >= {since:d} "
        f"ORDER BY a.claim_id LIMIT {limit:d}"
    ]
    for stance, strength in (("asserts", lower), ("denies", "AND r.strength = 'contradictory'")):
        parts += [
            "SELECT r.claim_a_id, r.claim_b_id, a.id, b.id, 'relation', r.strength, r.uid FROM claims_claimrelation r "
            f"JOIN claims_statement a ON a.claim_id = r.claim_a_id {live.format('a', stance)} "
            f"JOIN claims_statement b ON b.claim_id = r.claim_b_id {live.format('b', stance)} "
            f"WHERE r.case_id = {case:d} AND r.judgement = 'positive' AND r.kind = 'contradicts' {strength} {end} "
            f"AND r.claim_a_id >= {since:d} ORDER BY r.claim_a_id LIMIT {limit:d}"
            for end in ends
        ]
    if connection.vendor == "postgresql":
        parts = [part.replace(", ''", ", NULL::uuid") for part in parts]
    pairs = sorted((row for part in parts for row in _read(part)), key=lambda row: row[:4])[:limit]
    return _dump(pairs, _around(sorted({key for pair in pairs for key in pair[2:4]})))


# --- graphs --------------------------------------------------------------------------------------------------------


def _walk(root: int, depth: int, limit: int) -> list[int]:
    """Return claims by steps from the root, conflicts before support: one query a level."""
    rank = "CASE kind WHEN 'contradicts' THEN 0 WHEN 'equivalent' THEN 1 WHEN 'entails' THEN 2 ELSE 3 END"
    reached = {root: None}
    frontier = [root]
    for _ in range(depth):
        steps = _read(
            f"SELECT {rank} AS rank, id, claim_b_id FROM claims_claimrelation "
            f"WHERE {_among('claim_a_id')} AND judgement <> 'negative' UNION ALL "
            f"SELECT {rank}, id, claim_a_id FROM claims_claimrelation "
            f"WHERE {_among('claim_b_id')} AND judgement <> 'negative' ORDER BY 1, 2",
            _keys(frontier),
            _keys(frontier),
        )
        frontier = []
        for _, _, end in steps:
            if end not in reached and len(reached) < limit:
                reached[end] = None
                frontier.append(end)
    return list(reached)


def graph_of_claim(root: int, depth: int, limit: int) -> tuple[str, int]:
    """Breadth first, a query a level, then claims, statements, evidence, chains, relations, party links; no readings.

    Also returns the number of nodes, which is that of the endpoint.
    """
    return _graph(_walk(root, depth, limit), limit)


def graph_of_case(case: int, limit: int) -> tuple[str, int]:
    """Claims found contested by SQL first, then as around a claim."""
    keys = _contested(case, limit + 1)
    if len(keys) < limit:
        rest = "SELECT id FROM claims_claim WHERE case_id = %s AND merged_into_id IS NULL ORDER BY uid LIMIT %s"
        keys = list(dict.fromkeys([*keys, *(key for (key,) in _read(rest, case, limit))]))
    return _graph(keys[:limit], limit)


def _graph(claims: list[int], limit: int) -> tuple[str, int]:
    rank = {claim: place for place, claim in enumerate(claims)}
    # Each stance of a claim in turn, as the product takes them.
    turns = _read(
        "SELECT id, claim_id FROM (SELECT id, claim_id, first_value(uid) OVER w AS first, row_number() OVER w AS turn "
        f"FROM claims_statement WHERE {_among('claim_id')} AND is_live "
        f"WINDOW w AS (PARTITION BY claim_id, stance ORDER BY uid)) AS s WHERE turn <= {limit:d} ORDER BY turn, first",
        _keys(claims),
    )
    chosen = sorted(turns, key=lambda row: rank[row[1]])[:limit]
    statements, evidence, relays = _around([key for key, _ in chosen])
    by_key = {row[0]: row for row in statements}
    own: dict[int, set[tuple[str, int]]] = {
        key: {("s", key), ("e", row[24]), ("d", row[32]), *(("p", party) for party in (row[7], row[36]) if party)}
        for key, row in by_key.items()
    }
    for statement, _, excerpt, *_ in evidence:
        own[statement].add(("e", excerpt))
    for statement, _, party, *_ in relays:
        if party:
            own[statement].add(("p", party))
    about = {row[0]: row for row in _read(f"{_CLAIM} WHERE {_among('c.id')}", _keys(claims))}
    nodes, told = _fill(claims, chosen, own, about, limit)
    taken = _keys([key for kind, key in nodes if kind == "c"])
    relations = _read(
        "SELECT uid, claim_a_id, claim_b_id, kind, strength, aspects, judgement FROM claims_claimrelation "
        f"WHERE {_among('claim_a_id')} AND {_among('claim_b_id')} AND judgement <> 'negative'",
        taken,
        taken,
    )
    parties = _keys([key for kind, key in nodes if kind == "p"])
    links = _read(
        "SELECT uid, from_party_id, to_party_id, kind, since, until, judgement FROM sources_partylink "
        f"WHERE {_among('from_party_id')} AND {_among('to_party_id')} AND judgement <> 'negative'",
        parties,
        parties,
    )
    named = _read(f"SELECT id, uid, label, kind, naming FROM sources_party WHERE {_among('id')}", parties)
    rows = [about[key] for kind, key in nodes if kind == "c"] + [by_key[key] for key in told]
    kept = set(told)
    further = [row for row in (*evidence, *relays) if row[0] in kept]
    return _dump(rows, further, relations, named, links), len(nodes)


def _fill(
    claims: list[int],
    chosen: Rows,
    own: dict[int, set[tuple[str, int]]],
    about: dict[int, tuple[Any, ...]],
    limit: int,
) -> tuple[set[tuple[str, int]], list[int]]:
    """Take nodes, claim by claim, until something finds no room."""
    of_claim: dict[int, list[int]] = {}
    for key, claim in chosen:
        of_claim.setdefault(claim, []).append(key)
    nodes: set[tuple[str, int]] = set()
    told: list[int] = []
    for claim in claims:
        question = about[claim][14]
        wanted = {("c", claim)} | ({("q", question)} if question else set())
        if len(nodes) + len(wanted - nodes) > limit:
            break
        nodes |= wanted
        for key in of_claim.get(claim, ()):
            if len(nodes) + len(own[key] - nodes) > limit:
                return nodes, told
            nodes |= own[key]
            told.append(key)
    return nodes, told


# --- folding -------------------------------------------------------------------------------------------------------


# --- accounts ------------------------------------------------------------------------------------------------------


def compare(case: int, accounts: Sequence[Sequence[int]], limit: int) -> str:
    """Stances of each party by one grouped query, in Python a page where unlike ones meet, then as for claims."""
    account_of = {party: index for index, members in enumerate(accounts) for party in members}
    stances: dict[int, set[tuple[int, str]]] = {}
    for claim, speaker, stance in _read(
        "SELECT claim_id, speaker_id, stance FROM claims_statement "
        f"WHERE case_id = %s AND is_live AND {_among('speaker_id')} GROUP BY claim_id, speaker_id, stance",
        case,
        _keys(list(account_of)),
    ):
        stances.setdefault(claim, set()).add((account_of[speaker], stance))
    rivals: dict[int, list[int]] = {}
    for here, there, _ in _read(_RIVALS, case, case):
        rivals.setdefault(here, []).append(there)

    def rank(claim: int) -> int:
        own = stances[claim]
        there = {account for rival in rivals.get(claim, ()) for account, s in stances.get(rival, ()) if s == "asserts"}
        yes, no = ({account for account, s in own if s == stance} for stance in ("asserts", "denies"))
        collide = any(one != other for one in yes for other in no | there)
        return 0 if collide else 1 if len({account for account, _ in own}) > 1 else 2

    page = sorted(stances, key=lambda claim: (rank(claim), claim))[:limit]
    told = _read(
        f"SELECT id FROM claims_statement WHERE {_among('claim_id')} AND is_live AND {_among('speaker_id')}",
        _keys(page),
        _keys(list(account_of)),
    )
    claims = _read(f"{_CLAIM} WHERE {_among('c.id')} ORDER BY c.uid", _keys(page))
    return _dump(claims, _against(case, page), _around([key for (key,) in told]))


def show_dossier(case: int, claim: int, limit: int) -> str:
    """The claim with what opposes it, and statements on it and on its rivals with words and chains, no sentences."""
    told = _read(f"SELECT id FROM claims_statement WHERE claim_id = {claim:d} AND is_live ORDER BY uid LIMIT {limit:d}")
    against = _read(
        f"SELECT s.id FROM ({_RIVALS}) r JOIN claims_statement s ON s.claim_id = r.there "
        f"WHERE r.here = {claim:d} AND s.is_live AND s.stance = 'asserts' "
        f"UNION SELECT id FROM claims_statement WHERE claim_id = {claim:d} AND is_live AND stance = 'denies'",
        case,
        case,
    )
    return show_claim(case, claim) + _dump(_around(sorted({key for (key,) in (*told, *against)})))


def read_relations(case: int) -> str:
    """All rows of the case's positive relations, unfolded: one query."""
    return _dump(
        _read(
            "SELECT uid, claim_a_id, claim_b_id, kind, strength, aspects FROM claims_claimrelation "
            "WHERE case_id = %s AND judgement = 'positive' AND kind <> 'supports'",
            case,
        )
    )
