"""How is a contradiction asked for? In two questions that a person can answer, and in what respect it is one."""

from typing import Any

from django import forms

from ..choices import Aspect, RelationKind
from ..relating import answers_of, strength_of

_YES_NO = (("yes", "yes"), ("no", "no"))


class TwoQuestions(forms.Form):
    """The part of a form that finds the strength of a contradiction; of two that may both be true, one is enough."""

    both_true = forms.ChoiceField(
        choices=_YES_NO, required=False, widget=forms.RadioSelect, label="Could both be true?"
    )
    both_false = forms.ChoiceField(
        choices=_YES_NO,
        required=False,
        widget=forms.RadioSelect,
        label="Could both be false?",
        help_text="Asked where they could not both be true.",
    )
    aspects = forms.MultipleChoiceField(
        choices=Aspect.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="In what respect?",
    )

    def answer(self, strength: str) -> dict[str, str]:
        """Return what the two questions are answered with where the strength is known already."""
        if not strength:
            return {}
        true, false = answers_of(strength)
        told = {"both_true": true, "both_false": false}
        return {name: "yes" if answer else "no" for name, answer in told.items() if answer is not None}

    def kind_of(self, values: dict[str, Any]) -> str:
        """Return what kind of relation the form is about."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Put the strength together from the answers, empty where the relation is no contradiction."""
        values: dict[str, Any] = super().clean() or {}
        values["strength"] = ""
        if self.kind_of(values) == RelationKind.CONTRADICTS:
            true, false = values.get("both_true"), values.get("both_false")
            if not true:
                self.add_error("both_true", "of a contradiction, this needs an answer")
            elif true == "no" and not false:
                self.add_error("both_false", "where both could not be true, this needs an answer")
            else:
                values["strength"] = strength_of(could_both_be_true=true == "yes", could_both_be_false=false == "yes")
        return values
