"""Web: what was typed into a form, kept beside what was wrong with it."""

from collections.abc import Mapping

from flask import request

from foster_bond.errors import InvalidInput
from foster_bond.rules.page_values.frame import FormState

_NEVER_SHOWN_AGAIN = frozenset({"csrf_token", "password", "again"})
_LONGEST = 4000  # characters of one field; the forms' own limit


def typed(name: str, *, longest: int = _LONGEST) -> str:
    """One field as it was typed, without the space around it; empty where it is missing."""
    return request.form.get(name, "").strip()[:longest]


def ticked(name: str) -> bool:
    """True where the box was ticked."""
    return bool(request.form.get(name))


def what_was_typed(
    error: InvalidInput | None = None, *, errors: Mapping[str, tuple[str, ...]] | None = None
) -> FormState:
    """The form of this request, to be shown again: everything typed but secrets, and each problem as a sentence."""
    values = {name: value[:_LONGEST] for name, value in request.form.items() if name not in _NEVER_SHOWN_AGAIN}
    return FormState(values=values, errors=errors or {}, problem=" ".join(error.problems) if error else "")
