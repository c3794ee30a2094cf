"""How fast could it be? The same rows by SQL written by hand, read by a bare cursor and put through `json.dumps`.

Each floor says in its first line what it does and what it leaves out. What opposes a claim and whether it is contested
the floors answer as the product does, from classes that they are given (`store_folded`). What no floor does: folding,
permissions, addresses, signatures, public shapes. It is a floor to measure against, not a way to write the product.
"""

# ruff: noqa: S608  SQL made of our own names and of whole numbers

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from claims.choices import Strength
from claims.commitments import Classes

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
# From here on the folded case is given, as if it were stored. For the classes of some claims: which claims, with which
# stance, cannot stand with asserting the class or with denying it, and the rank: 0 a denial, 1 to 3 by strength.
_FACING = """
    WITH own(class) AS (SELECT DISTINCT class FROM floor_class WHERE {own}),
    bound(class, sign, held) AS (
        SELECT class, 'asserts', class FROM own
        UNION ALL SELECT class, 'denies', class FROM own
        UNION ALL SELECT o.class, 'asserts', e.b FROM own o CROSS JOIN floor_entails e WHERE e.a = o.class
        UNION ALL SELECT o.class, 'denies', e.a FROM own o CROSS JOIN floor_entails e WHERE e.b = o.class
    ),
    met(class, sign, held, stance, rank) AS (
        SELECT class, sign, held, CASE sign WHEN 'asserts' THEN 'denies' ELSE 'asserts' END, 0 FROM bound
        UNION ALL SELECT b.class, b.sign, r.b, b.sign, r.rank FROM bound b CROSS JOIN floor_rival r
            WHERE r.a = b.held AND (b.sign = 'asserts' OR r.rank = 1)
    ),
    facing(class, sign, other, stance, rank) AS (
        SELECT * FROM met
        UNION ALL SELECT m.class, m.sign, e.a, m.stance, m.rank FROM met m CROSS JOIN floor_entails e
            WHERE m.stance = 'asserts' AND e.b = m.held
        UNION ALL SELECT m.class, m.sign, e.b, m.stance, m.rank FROM met m CROSS JOIN floor_entails e
            WHERE m.stance = 'denies' AND e.a = m.held
    )
    SELECT f.class, f.sign, n.claim, f.stance, f.rank FROM facing f CROSS JOIN floor_class n WHERE n.class = f.other
    UNION ALL SELECT o.class, 'own', n.claim, '', 0 FROM own o CROSS JOIN floor_class n WHERE n.class = o.class
"""


def store_folded(classes: Classes, claims: Iterable[int]) -> None:
    """Give the floors what no SQL by hand finds in time: the classes of a case, and what runs between them."""
    ranks = {strength.value: rank for rank, strength in enumerate(Strength, start=1)}
    rows: dict[str, list[tuple[int, ...]]] = {
        "class(claim, class)": [(claim, classes.class_of(claim)) for claim in claims],
        "entails(a, b)": [(a, b) for a, found in classes.entails.items() for b in found],
        "rival(a, b, rank)": [
            (a, b, min(ranks[strength] for strength in found))
            for a, rivals in classes.rivals.items()
            for b, found in rivals.items()
        ],
    }
    with connection.cursor() as cursor:
        for table, values in rows.items():
            name, columns = table[: table.index("(")], table[table.index("(") + 1 : -1].split(", ")
            cursor.execute(f"CREATE TEMP TABLE floor_{name} ({', '.join(f'{c} bigint NOT NULL' for c in columns)})")
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO floor_{name} VALUES ({marks})", values)
            for first, second in (columns[:2], columns[1::-1]):
                cursor.execute(f"CREATE INDEX floor_{name}_{first} ON floor_{name} ({first}, {second})")
        cursor.execute("ANALYZE")


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
    """Keys in the order of uid, then rows, evidence and chains, and which claims are contested: six queries."""
    keys = _read("SELECT id FROM claims_statement WHERE case_id = %s AND is_live ORDER BY uid LIMIT %s", case, limit)
    return _dump(*_tell([key for (key,) in keys]))


def _tell(statements: Sequence[int]) -> tuple[Rows, Rows, Rows, list[int]]:
    """Return statements with all around them, and which of their claims are contested: five queries."""
    rows, evidence, relays = _around(statements)
    _, contested = stand(sorted({row[3] for row in rows}))
    return rows, evidence, relays, contested


# --- claims --------------------------------------------------------------------------------------------------------


def stand(claims: Sequence[int]) -> tuple[Rows, list[int]]:
    """Return (class, rank, uid) of all that conflicts with asserting these claims, and which classes are contested.

    Two queries: what faces them, and the statements on that.
    """
    facing = _read(_FACING.format(own=_among("claim")), _keys(claims))
    said: dict[tuple[int, str], list[Any]] = {}
    for claim, stance, uid in _read(
        f"SELECT claim_id, stance, uid FROM claims_statement WHERE {_among('claim_id')} AND is_live "
        "AND stance IN ('asserts', 'denies') ORDER BY uid",
        _keys(list({row[2] for row in facing})),
    ):
        said.setdefault((claim, stance), []).append(uid)
    against: dict[tuple[int, Any], int] = {}
    own, faced = set(), set()
    for of_class, sign, claim, stance, rank in facing:
        if sign == "own":
            own |= {(of_class, stance) for stance in ("asserts", "denies") if (claim, stance) in said}
            continue
        uids = said.get((claim, stance), ())
        if uids and rank < 3:
            faced.add((of_class, sign))
        if sign == "asserts":
            for uid in uids:
                against[of_class, uid] = min(rank, against.get((of_class, uid), rank))
    opposing = sorted((of_class, rank, uid) for (of_class, uid), rank in against.items())
    return opposing, sorted({of_class for of_class, _ in own & faced})


def _against(claims: Sequence[int]) -> tuple[Rows, tuple[Rows, list[int]]]:
    """Return counts of stances, what opposes these claims, and which are contested: three queries."""
    counts = _read(
        "SELECT claim_id, stance, count(*) FROM claims_statement "
        f"WHERE {_among('claim_id')} AND is_live GROUP BY claim_id, stance",
        _keys(claims),
    )
    return counts, stand(claims)


def show_claim(claim: int) -> str:
    """The row, counts of stances, what opposes it and whether it is contested: four queries."""
    return _dump(_read(f"{_CLAIM} WHERE c.id = %s", claim), _against([claim]))


def list_claims(case: int, limit: int) -> str:
    """As for one claim, for a page in the order of uid: four queries."""
    rows = _read(f"{_CLAIM} WHERE c.case_id = %s AND c.merged_into_id IS NULL ORDER BY c.uid LIMIT %s", case, limit)
    return _dump(rows, _against([row[0] for row in rows]))


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
    return _dump(_read(f"{_CLAIM} WHERE {_among('c.id')} ORDER BY c.uid", _keys(keys)), _against(keys))


# --- conflicts -----------------------------------------------------------------------------------------------------


def list_conflicts(limit: int, *, since: int = 0, of_class: int | None = None, tensions: bool = True) -> str:
    """Denials within a class and pairs across rivals from a class on, by joins, then as for statements; no paths."""
    of = "" if of_class is None else f"AND {of_class:d} = {{}}"
    said = "JOIN claims_statement {0} ON {0}.claim_id = {1}.claim AND {0}.is_live AND {0}.stance = '{2}'"
    parts = [
        "SELECT m.class, n.class, a.id, b.id, 0 FROM floor_class m "
        f"{said.format('a', 'm', 'asserts')} JOIN floor_class n ON n.class = m.class {said.format('b', 'n', 'denies')} "
        f"WHERE m.class >= {since:d} {of.format('m.class')} ORDER BY m.class LIMIT {limit:d}"
    ]
    for stance, ranks in (("asserts", "r.rank > 0" if tensions else "r.rank < 3"), ("denies", "r.rank = 1")):
        parts += [
            "SELECT r.a, r.b, a.id, b.id, r.rank FROM floor_rival r "
            f"JOIN floor_class m ON m.class = r.a {said.format('a', 'm', stance)} "
            f"JOIN floor_class n ON n.class = r.b {said.format('b', 'n', stance)} "
            f"WHERE r.a < r.b AND {ranks} AND r.a >= {since:d} {end} ORDER BY r.a LIMIT {limit:d}"
            for end in (("",) if of_class is None else (of.format("r.a"), of.format("r.b")))
        ]
    pairs = sorted(row for part in parts for row in _read(part))[:limit]
    return _dump(pairs, _tell(sorted({key for pair in pairs for key in pair[2:4]})))


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
    """Breadth first, a query a level, then claims, statements, evidence, chains, relations, links, and what opposes.

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
    own_claims = [key for kind, key in nodes if kind == "c"]
    return _dump(rows, further, relations, named, links, stand(own_claims)), len(nodes)


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
    return _dump(claims, _against(page), _around([key for (key,) in told]))


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
    return show_claim(claim) + _dump(_around(sorted({key for (key,) in (*told, *against)})))


# --- folding -------------------------------------------------------------------------------------------------------


def read_relations(case: int) -> str:
    """All rows of the case's positive relations, unfolded: one query."""
    return _dump(
        _read(
            "SELECT uid, claim_a_id, claim_b_id, kind, strength, aspects FROM claims_claimrelation "
            "WHERE case_id = %s AND judgement = 'positive' AND kind <> 'supports'",
            case,
        )
    )
