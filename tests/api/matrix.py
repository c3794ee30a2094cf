"""Who may do what at which address: one row each.

A row says what is needed in the case of the row that the address names, or in the case that the body names. For GET it
is always to see the case; `ASKED` holds the parameters without which an address does not answer.
"""

SEE, ANNOTATE, LEAD, ADMINISTER, ANYONE = "see", "annotate", "lead", "administer", "anyone"

# What else than reading is done, by method and address.
NEEDS: dict[tuple[str, str], str] = {
    ("POST", "cases/"): ANYONE,  # whoever opens a case leads it
    **{("POST", f"{name}/"): ANNOTATE for name in ("parties", "documents", "excerpts", "questions", "claims")},
    **{("POST", f"{name}/"): ANNOTATE for name in ("utterances", "statements", "party-ratings", "statement-ratings")},
    **{("POST", f"{name}/"): LEAD for name in ("conclusions", "independence-judgements")},
    **{("POST", f"{name}/"): LEAD for name in ("party-links", "relations")},  # judged, as they are sent here
    ("POST", "documents/<uuid:id>/versions/"): ANNOTATE,
    ("POST", "documents/preview/"): ANNOTATE,
    ("POST", "changes/<int:sequence>/undo/"): LEAD,  # of what another has done
    ("POST", "claims/<uuid:id>/merger/"): LEAD,
    ("POST", "parties/<uuid:id>/merger/"): LEAD,
    ("PUT", "parties/<uuid:id>/sharing/"): ADMINISTER,
    ("PUT", "party-links/<uuid:id>/judgement/"): LEAD,
    ("PUT", "relations/<uuid:id>/judgement/"): LEAD,
    ("PUT", "statements/<uuid:id>/review/"): LEAD,
    ("PUT", "statements/<uuid:id>/withdrawal/"): ANNOTATE,
    ("DELETE", "statements/<uuid:id>/withdrawal/"): ANNOTATE,
    **{
        (method, f"{name}/<uuid:id>/"): needed
        for name, needed in {
            **dict.fromkeys(("parties", "documents", "questions", "claims", "utterances", "statements"), ANNOTATE),
            **dict.fromkeys(("cases", "party-links", "relations"), LEAD),  # the links and relations here are judged
        }.items()
        for method in ("PUT", "PATCH", "DELETE")
    },
    ("DELETE", "excerpts/<uuid:id>/"): ANNOTATE,
}

# Who asks, and what is answered to them: to all that needs no more, to the rest of what they see, and where they see
# nothing (None where that cannot be). Strangers are 401 everywhere.
STRANGERS = ("anonymous", "disabled", "expired token", "revoked token")
OUTSIDERS = ("no permission", "other case")
MAY: dict[str, tuple[str, ...]] = {
    "reader": (SEE, ANYONE),
    "read-only token": (SEE,),  # of a lead
    "annotator": (SEE, ANYONE, ANNOTATE),
    "lead": (SEE, ANYONE, ANNOTATE, LEAD),
    "administrator": (SEE, ANYONE, ANNOTATE, LEAD, ADMINISTER),
}
IDENTITIES = (*STRANGERS, *OUTSIDERS, *MAY)

REFUSED = (401, 403, 404)
