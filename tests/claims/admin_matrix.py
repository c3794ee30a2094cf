"""Who may do what at which address of the admin: one row a model, one a page of its own.

A row says what is needed in the case of what the address names. To look at it is to see its case, but where it says
otherwise; where nobody may, nobody is offered to.
"""

from typing import NamedTuple

ANYONE, SEE, ANNOTATE, LEAD, ADMINISTER = "anyone", "see", "annotate", "lead", "administer"
OWN, MANAGE = "own", "manage"  # what is the lead's here: the lead alone, or administrators as well
NOBODY = "nobody"


class Sort(NamedTuple):
    """What it needs to add a row of a model, to change one and to delete one; to see its list, and to see one."""

    add: str
    change: str
    delete: str
    view_list: str = ANYONE  # who sees nothing sees it empty
    view: str = SEE


_WRITTEN = Sort(ANNOTATE, ANNOTATE, ANNOTATE)
_JUDGED = Sort(ANNOTATE, LEAD, LEAD)  # proposed by any annotator; judged, as these are, the lead's
_LEADING = Sort(LEAD, LEAD, LEAD)
_SIGNED = Sort(LEAD, NOBODY, NOBODY)  # another takes its place; it is taken back in the ledger
_GRADED = Sort(ANNOTATE, NOBODY, NOBODY)
_DETAIL = Sort(NOBODY, NOBODY, NOBODY)  # written with what it belongs to

SORTS: dict[str, Sort] = {
    "claims.question": _WRITTEN,
    "claims.claim": _WRITTEN,
    "claims.statement": _WRITTEN,
    "claims.utterance": _WRITTEN,
    "sources.party": _WRITTEN,
    "sources.partyalias": _WRITTEN,
    "sources.document": _WRITTEN,
    "claims.claimrelation": _JUDGED,
    "sources.partylink": _JUDGED,
    "sources.case": Sort(ANYONE, LEAD, LEAD),  # whoever opens a case leads it
    "sources.casemembership": _LEADING,
    "claims.conclusion": _SIGNED,
    "claims.independencejudgement": _SIGNED,
    "claims.credibilityrating": _GRADED,
    "sources.reliabilityrating": _GRADED,
    "sources.documentversion": _DETAIL,
    "sources.excerpt": _DETAIL,
    "claims.evidence": _DETAIL,
    "claims.relay": _DETAIL,
    "sources.change": _DETAIL,
    "sources.apitoken": Sort(ANYONE, NOBODY, NOBODY, view=MANAGE),
    "auth.user": Sort(ADMINISTER, ADMINISTER, NOBODY, view_list=ADMINISTER, view=ADMINISTER),
}

# Rows of no page: of each, why.
WITHOUT_PAGE = {
    "sources.original": "read with its text, and saved from an address of the API",
    "sources.originalbytes": "the bytes of an original",
    "sources.arrival": "waits to be captured; the page of a new document is about it",
    "sources.bundlekey": "the memory of imports",
    "sources.changeitem": "read with the act that it is part of",
    "sources.idempotencykey": "the memory of requests",
}


class Page(NamedTuple):
    """What it needs to read a page of its own (None: it is not read), and to have written what is posted to it."""

    read: str | None
    write: str = NOBODY


PAGES: dict[str, Page] = {
    "index": Page(ANYONE),
    "annotate": Page(SEE),
    "compare": Page(SEE),
    "timeline": Page(SEE),
    "graph": Page(SEE),
    "dossier": Page(SEE),
    "dossier-conclusion": Page(None, LEAD),
    "dossier-independence": Page(None, LEAD),
    "review": Page(SEE, LEAD),
    "judge-pair": Page(SEE, LEAD),
    "judge": Page(SEE, LEAD),
    "merge": Page(SEE, LEAD),
    "place": Page(SEE),
    "switch-case": Page(ANYONE),
    "undo": Page(None, LEAD),  # of what another has done
    "act-on-statement": Page(None, LEAD),  # accepting, here
    "sources_document_arrived": Page(OWN, OWN),
    "revoke-token": Page(None, MANAGE),
    "auth_user_password_change": Page(ADMINISTER, ADMINISTER),
    "autocomplete": Page(ANYONE),
    "jsi18n": Page(ANYONE),
    "password_change": Page(ANYONE),
    "password_change_done": Page(ANYONE),
    "app_list": Page(ANYONE),
    "view_on_site": Page(NOBODY),
    "catch all": Page(NOBODY),
}
OPEN = ("login", "logout")  # these answer everyone: test_entrance.py

# What is done with rows that are ticked in a list. None are deleted there: what goes with each is said one by one.
ACTS: dict[str, dict[str, str]] = {
    **{label: {"delete_selected": NOBODY} for label in SORTS},
    "claims.statement": {
        **dict.fromkeys(("accept", "reject"), LEAD),
        "make_draft": NOBODY,  # it is one already
        "withdraw": ANNOTATE,
        "reinstate": NOBODY,  # nothing was withdrawn
        "delete_selected": NOBODY,
    },
    "sources.party": {"share": ADMINISTER, "delete_selected": NOBODY},
    "sources.apitoken": {"revoke": MANAGE, "delete_selected": NOBODY},
    "auth.user": {"close": ADMINISTER, "open_again": NOBODY, "delete_selected": NOBODY},
}

# Who may ask, as what the log-in lets through.
STRANGERS = ("anonymous", "no permission", "disabled")  # the second has an account, and may not log in here
MAY: dict[str, tuple[str, ...]] = {
    "other case": (ANYONE,),
    "reader": (ANYONE, SEE),
    "annotator": (ANYONE, SEE, ANNOTATE),
    "lead": (ANYONE, SEE, ANNOTATE, LEAD, OWN, MANAGE),
    "administrator": (ANYONE, SEE, ANNOTATE, LEAD, MANAGE, ADMINISTER),
}
IDENTITIES = (*STRANGERS, *MAY)
