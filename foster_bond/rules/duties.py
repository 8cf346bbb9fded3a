"""Rules: what staff have to do about each kind of alert, until the agency writes its own words."""

from collections.abc import Mapping

from foster_bond.errors import InvalidInput
from foster_bond.rules.message_text import CRISIS_CATEGORIES
from foster_bond.rules.public_lines import with_own_numbers

LONGEST = 600  # signs

# Reporting duties: most states make staff and foster parents mandated reporters; a missing child is reported to the
# police and NCMEC at once, within 24 hours, without a waiting period (42 U.S.C. 671(a)(35)). Each agency
# checks its own.
OURS: Mapping[str, str] = {
    "suicide": "Call them now. Do not leave it at a text or a number: stay with them until somebody is there. "
    "In danger call 911; 988 helps you, too, while you help.",
    "abuse": "A text is not a report. If you suspect abuse or neglect, report to the state's hotline yourself, now; "
    "telling a supervisor does not do it for you. In danger call 911.",
    "missing": "No waiting period. Make sure that the police and NCMEC (1-800-843-5678) know at once, and that the "
    "agency's own report is made within 24 hours.",
    "violence": "Call 911 if anybody is in danger. Ask first whether it is safe to talk. A child who sees violence "
    "may have to be reported, too.",
    "medical": "Make sure that 911 has been called. Poison: 1-800-222-1222. Then the agency's medical consent and "
    "incident rules.",
    "unclassified": "Our reader failed on this text: read it yourself, now, and act on what it says.",
}
# No law is named: each agency writes its own, and these only say what cannot wait.
OURS_GB: Mapping[str, str] = {
    **OURS,
    "suicide": "Call them now. Do not leave it at a text or a number: stay with them until somebody is there. "
    "In danger call 999; Samaritans on 116 123 help you, too, while you help.",
    "abuse": "A text is not a referral. If you suspect abuse or neglect, make the referral yourself, now; telling a "
    "supervisor does not do it for you. In danger call 999.",
    "missing": "No waiting period. Make sure that the police know at once, and follow the agency's own steps for a "
    "missing child.",
    "violence": "Call 999 if anybody is in danger. Ask first whether it is safe to talk. A child who sees violence "
    "may have to be reported, too.",
    "medical": "Make sure that 999 has been called. Then the agency's medical consent and incident rules.",
}


def duties_of(country: str) -> Mapping[str, str]:
    """The words we ship, by category."""
    return OURS_GB if country == "GB" else OURS


def duty(category: str, own: Mapping[str, str], numbers: Mapping[str, str], country: str = "US") -> str:
    """The agency's words for this kind of alert, or ours with the agency's `numbers` of public lines."""
    ours = duties_of(country)
    return own.get(category) or with_own_numbers(ours.get(category, ours["unclassified"]), numbers, country)


def read_duties(typed: Mapping[str, str], country: str = "US") -> dict[str, str]:
    """The agency's own words by category; what is empty, or ours word for word, is left to us. Raises: InvalidInput."""
    ours = duties_of(country)
    own = {name: " ".join(typed.get(name, "").split()) for name in CRISIS_CATEGORIES}
    long = [name for name, words in own.items() if len(words) > LONGEST]
    if long:
        raise InvalidInput(f"At most {LONGEST} signs each: {', '.join(long)}.")
    return {name: words for name, words in own.items() if words and words != ours[name]}
