"""Section 5 of the design, "Commitments, and what is read off them", read aloud in plain and slow Python.

Everything is found by trying everything. Nothing is shared with the product but the words of its vocabularies, which
are public; so where the two agree, the design says it, and where they differ, one of them has read it wrong.

A case is plain rows, in which things name each other by any keys:

    statement {uid, claim, speaker, stance, said_at, uttered_at, published_at, captured_at, review, withdrawn,
               supersedes, relays: [{party, attitude}]}; speaker is None for the author and for undisclosed voices
    relation  {uid, a, b, kind, strength, aspects, judgement}
    link      {start, end, kind, judgement, since, until}
"""

import re
from itertools import combinations, product

GRAVEST_FIRST = [
    ("denial", "contradictory"),
    ("relation", "contradictory"),
    ("relation", "contrary"),
    ("relation", "tension"),
]


# --- Live: not rejected, not withdrawn, not superseded -------------------------------------------------------------


def holds(statement, statements):
    """Neither rejected nor withdrawn, nor taken back: superseded by a retraction that holds."""
    if statement["review"] == "rejected" or statement["withdrawn"]:
        return False
    return not any(
        other["supersedes"] == statement["uid"] and other["stance"] == "retracts" and holds(other, statements)
        for other in statements
    )


def is_live(statement, statements):
    """It holds, and nothing that holds supersedes it. So what is replaced twice over does not come back."""
    return holds(statement, statements) and not any(
        other["supersedes"] == statement["uid"] and holds(other, statements) for other in statements
    )


def live(statements):
    """Drafts count."""
    return [statement for statement in statements if is_live(statement, statements)]


# --- Only relations judged positive count; supports takes no part ---------------------------------------------------


def counting(relations):
    return [r for r in relations if r["judgement"] == "positive" and r["kind"] != "supports"]


# --- Class: claims linked equivalent, closed transitively -----------------------------------------------------------


def class_of(claim, relations):
    members = {claim}
    while True:
        linked = {
            end
            for r in counting(relations)
            if r["kind"] == "equivalent" and members & {r["a"], r["b"]}
            for end in (r["a"], r["b"])
        }
        if linked <= members:
            return frozenset(members)
        members |= linked


# --- Commitments ----------------------------------------------------------------------------------------------------


def sign_of(stance):
    """Asserts gives +, denies −, all other stances none."""
    return {"asserts": "+", "denies": "-"}.get(stance)


def commitments(claim, sign, relations):
    """What a statement with this sign on this claim binds to: (class, sign), by itself and by one further step."""
    own = class_of(claim, relations)
    found = {(own, sign)}
    for r in counting(relations):
        if r["kind"] == "entails":
            start, end = class_of(r["a"], relations), class_of(r["b"], relations)
            if sign == "+" and start == own:
                found.add((end, "+"))
            if sign == "-" and end == own:
                found.add((start, "-"))
    return found


# --- Conflict: two commitments that meet ----------------------------------------------------------------------------


def contradictions_between(one_class, other_class, relations):
    """The strengths of the relations by which two classes are linked `contradicts`."""
    return {
        r["strength"]
        for r in counting(relations)
        if r["kind"] == "contradicts"
        and {class_of(r["a"], relations), class_of(r["b"], relations)} == {one_class, other_class}
    }


def ways_to_meet(one, other, relations):
    """The (basis, strength) in which two commitments meet, by the table."""
    (one_class, one_sign), (other_class, other_sign) = one, other
    if one_class == other_class and {one_sign, other_sign} == {"+", "-"}:
        yield "denial", "contradictory"
    for strength in contradictions_between(one_class, other_class, relations):
        if (one_sign, other_sign) == ("+", "+"):
            yield "relation", strength
        if (one_sign, other_sign) == ("-", "-") and strength == "contradictory":
            yield "relation", strength


def meeting_of(one, other, relations):
    """The gravest (basis, strength) in which two (claim, sign) meet; None where they do not."""
    ways = {
        way
        for mine, theirs in product(commitments(*one, relations), commitments(*other, relations))
        for way in ways_to_meet(mine, theirs, relations)
    }
    return next((way for way in GRAVEST_FIRST if way in ways), None)


def self_contradicting_classes(claims, relations):
    """The classes that contradict themselves.

    Section 5 does not say whether a tension inside a class is one. Assumed, as `commitments.self_contradictions` has
    it: two claims of one class that contradict each other in whatever strength do; further away, commitments of one
    side that meet do unless they meet in tension, since a tension may hold.
    """
    found = set()
    for own in {class_of(claim, relations) for claim in claims}:
        if contradictions_between(own, own, relations):
            found.add(own)
        for sign in "+-":
            bound = commitments(next(iter(own)), sign, relations)
            ways = {way for one, other in product(bound, bound) for way in ways_to_meet(one, other, relations)}
            if ways - {("relation", "tension")}:
                found.add(own)
    return found


# --- Path: the shortest, then that with the lowest uids -------------------------------------------------------------

# A way from the left claim to the right one, a letter a step: = an equivalence, > along `entails`, < against it,
# x over a contradiction of the meeting's strength. Section 5 does not spell these out. They follow from how the left
# commitment flows to where it meets the right one, whose own flow is walked backwards.
_WAYS = {
    ("denial", "+", "-"): re.compile("=*(>=*)?(>=*)?"),
    ("denial", "-", "+"): re.compile("=*(<=*)?(<=*)?"),
    ("relation", "+", "+"): re.compile("=*(>=*)?x=*(<=*)?"),
    ("relation", "-", "-"): re.compile("=*(<=*)?x=*(>=*)?"),
}


def _letter(r, start, strength, relations):
    if r["kind"] == "equivalent":
        return "="
    if r["kind"] == "contradicts":
        return "x" if r["strength"] == strength else None
    if class_of(r["a"], relations) == class_of(r["b"], relations):
        return None  # a further step goes from class to class
    return ">" if r["a"] == start else "<"


def path_of(left, right, meeting, relations):
    """The shortest path as a list of (relation uid, start, end); of equally short ones that with the lowest uids."""
    basis, strength = meeting
    ways = _WAYS[basis, left[1], right[1]]
    walks = [("", [], left[0], {left[0]})]  # letters, steps, where it is, where it was since its last letter but =
    for _ in range(30):  # more steps than any small case can need
        arrived = [steps for letters, steps, at, _ in walks if at == right[0] and ways.fullmatch(letters)]
        if arrived:
            return min(arrived, key=lambda steps: [uid for uid, _, _ in steps])
        longer = []
        for letters, steps, at, passed in walks:
            for r in counting(relations):
                if at not in (r["a"], r["b"]):
                    continue
                end = r["b"] if at == r["a"] else r["a"]
                letter = _letter(r, at, strength, relations)
                # A path that comes back by equivalences alone, or that has more than two other steps of one sort, is
                # not the shortest, or is none; only leaving these out lets the trying end.
                if letter is None or (letter == "=" and end in passed):
                    continue
                told = letters + letter
                if told.count("x") > 1 or told.count(">") > 2 or told.count("<") > 2:
                    continue
                since = passed | {end} if letter == "=" else {end}
                longer.append((told, [*steps, (r["uid"], at, end)], end, since))
        walks = longer
    raise AssertionError(f"no path from {left} to {right} for {meeting}")


# --- What a conflict carries ----------------------------------------------------------------------------------------


def ancestors(party, links, today):
    """The parties above one: over positive part_of, controlled_by, speaks_for in force, as far as they lead.

    Section 5 does not say in force on which day. Assumed: on the day of asking, from the first to the last day.
    """
    above = set()
    while True:
        reached = {
            link["end"]
            for link in links
            if link["start"] in above | {party}
            and link["judgement"] == "positive"
            and link["kind"] in ("part_of", "controlled_by", "speaks_for")
            and (link["since"] is None or link["since"] <= today)
            and (link["until"] is None or link["until"] >= today)
        }
        if reached <= above:
            return above
        above |= reached


def same_account(left, right, links, today):
    one, other = left["speaker"], right["speaker"]
    if one is None or other is None:
        return False  # author and undisclosed
    return one == other or one in ancestors(other, links, today) or other in ancestors(one, links, today)


def spoken_at(statement):
    """By said_at, or else knowledge time: published_at, else captured_at.

    Section 5 does not name the said_at of the utterance. Assumed, as `reading.spoken_at` has it: it stands for that of
    the statement where this has none.
    """
    return statement["said_at"] or statement["uttered_at"] or statement["published_at"] or statement["captured_at"]


def changed(left, right):
    return left["speaker"] is not None and left["speaker"] == right["speaker"] and spoken_at(left) != spoken_at(right)


def is_opponent_reported(statement, statements, relations):
    """Known only through a hop that disputes it or itself denies its class.

    Section 5 does not say what denying is for a statement that itself denies, nor whether denials that follow from
    others count. Assumed, as `conflicts._opponents_in_chains` has it: the hop's party is bound, by a live statement of
    its own or what follows from it, to the opposite sign on the class of the statement.
    """
    own = class_of(statement["claim"], relations)
    opposite = {"+": "-", "-": "+"}[sign_of(statement["stance"])]
    return any(
        relay["attitude"] == "disputes"
        or (
            relay["party"] is not None
            and any(
                other["speaker"] == relay["party"]
                and sign_of(other["stance"]) is not None
                and (own, opposite) in commitments(other["claim"], sign_of(other["stance"]), relations)
                for other in live(statements)
            )
        )
        for relay in statement["relays"]
    )


def conflicts(statements, relations, links, today):
    """One conflict per unordered pair of live statements of one case, in any order."""
    found = []
    for pair in combinations(live(statements), 2):
        left, right = sorted(pair, key=lambda statement: statement["uid"])
        if sign_of(left["stance"]) is None or sign_of(right["stance"]) is None:
            continue
        one, other = (left["claim"], sign_of(left["stance"])), (right["claim"], sign_of(right["stance"]))
        meeting = meeting_of(one, other, relations)
        if meeting is None:
            continue
        path = path_of(one, other, meeting, relations)
        by_uid = {r["uid"]: r for r in relations}
        aspects = [a for uid, _, _ in path if by_uid[uid]["kind"] == "contradicts" for a in by_uid[uid]["aspects"]]
        found.append(
            {
                "left": left["uid"],
                "right": right["uid"],
                "basis": meeting[0],
                "strength": meeting[1],
                "aspects": aspects,  # of the contradiction on the path; a denial has none
                "path": path,
                "same_account": same_account(left, right, links, today),
                "changed": changed(left, right),
                "opponent_reported": [
                    name
                    for name, side in (("left", left), ("right", right))
                    if is_opponent_reported(side, statements, relations)
                ],
            }
        )
    return found


# --- Readings -------------------------------------------------------------------------------------------------------


def of_class(found, claim, statements, relations):
    """The conflicts in which a statement of this claim's class stands."""
    own = class_of(claim, relations)
    claim_of = {statement["uid"]: statement["claim"] for statement in statements}
    return [c for c in found if claim_of[c["left"]] in own or claim_of[c["right"]] in own]


def is_contested(claim, found, statements, relations):
    """One of the class's statements stands in a conflict that is no tension."""
    return any(c["strength"] != "tension" for c in of_class(found, claim, statements, relations))


def opposing(claim, statements, relations):
    """All live statements that would conflict with asserting the claim, as (uid, basis, strength), gravest first.

    Section 5 gives no order; within one rank, by uid, as `conflicts.opposing_to` says.
    """
    found = []
    for statement in live(statements):
        sign = sign_of(statement["stance"])
        if sign is not None:
            meeting = meeting_of((claim, "+"), (statement["claim"], sign), relations)
            if meeting is not None:
                found.append((statement["uid"], *meeting))
    return sorted(found, key=lambda row: (GRAVEST_FIRST.index(row[1:]), row[0]))


def counts(found):
    """How many conflicts there are of each strength."""
    totals = {"contradictory": 0, "contrary": 0, "tension": 0}
    for conflict in found:
        totals[conflict["strength"]] += 1
    return totals
