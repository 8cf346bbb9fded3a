"""Rules, before the river begins: what a named worker confirms about somebody before we text them.

Source: domain.md section 7.2: a birth parent only where no order forbids contact; a teen only with the consent of
whoever holds custody and with their own assent, and told plainly who reads.
"""

from collections.abc import Collection
from enum import StrEnum


class Clearance(StrEnum):
    """One thing that is confirmed."""

    CONTACT = "contact"  # no order, plan or agreement forbids contact
    CUSTODY = "custody"  # whoever holds custody has agreed
    ASSENT = "assent"  # the teen has said yes, for themselves
    WHO_READS = "who_reads"  # the teen was told, in words, that staff read replies and must act on danger


NEEDED = {
    "birth_parent": (Clearance.CONTACT,),
    "teen": (Clearance.CUSTODY, Clearance.ASSENT, Clearance.WHO_READS),
}


def needed_for(role: str) -> tuple[Clearance, ...]:
    """What must be confirmed before somebody of this role is asked anything."""
    return NEEDED.get(role, ())


def missing(role: str, confirmed: Collection[str]) -> tuple[Clearance, ...]:
    """What is still to be confirmed; empty where they may be asked."""
    return tuple(one for one in needed_for(role) if one not in confirmed)
