"""Rules of the river, at its head: a prompt's texts as a phone and a bill see them, while they are being typed."""

from collections.abc import Mapping

from foster_bond.library import LANGUAGES
from foster_bond.rules.message_text import child_word
from foster_bond.rules.page_values.prompt_desk import Looks, TextLook
from foster_bond.rules.prompt_lints import Finding
from foster_bond.rules.prompt_text import check_prompt_text
from foster_bond.rules.prompt_words import findings
from foster_bond.rules.segments import (
    GSM_PART,
    GSM_SINGLE,
    UCS_PART,
    UCS_SINGLE,
    Measure,
    foreign_signs,
    plain,
)

DIGITS = 10_000  # a segment's price is kept in ten-thousandths


def looks(
    key: str, typed: Mapping[str, str], *, price: int | None, currency: str, sender: str, reason: str = ""
) -> Looks:
    """Each text that is there, judged; `price` of a segment in ten-thousandths, None where nobody has said it."""
    plained = {language: plain(typed.get(language, "")).text.strip() for language in LANGUAGES}
    found = findings(key, plained)
    texts = tuple(
        _look(language, typed[language], [one for one in found if one.language == language], price, currency)
        for language in LANGUAGES
        if typed.get(language, "").strip()
    )
    return Looks(texts, reason, sender)


def _look(language: str, typed: str, found: list[Finding], price: int | None, currency: str) -> TextLook:
    check = check_prompt_text(typed, language)
    signs = foreign_signs(check.text)
    cost = "" if price is None else f"{currency}{check.cost.parts * price / DIGITS:.4f}".rstrip("0").rstrip(".")
    return TextLook(
        language=language,
        text=check.text,
        shown=child_word(check.text, language),
        encoding=check.cost.encoding,
        units=check.cost.units,
        room=_room(check.cost),
        parts=check.cost.parts,
        signs=signs,
        pieces=_pieces(check.text, signs),
        changes=plain(typed).changes,
        problems=tuple(f"{said[0].upper()}{said[1:]}." for said in check.problems),
        findings=tuple(found),
        cost=cost,
    )


def _room(cost: Measure) -> int:
    single, part = (GSM_SINGLE, GSM_PART) if cost.encoding == "GSM-7" else (UCS_SINGLE, UCS_PART)
    return single if cost.parts == 1 else cost.parts * part


def _pieces(text: str, signs: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The text in runs, each of signs that force UCS-2 or of none."""
    runs: list[tuple[str, bool]] = []
    for sign in text:
        forces = sign in signs
        if runs and runs[-1][1] == forces:
            runs[-1] = (runs[-1][0] + sign, forces)
        else:
            runs.append((sign, forces))
    return tuple(runs)
