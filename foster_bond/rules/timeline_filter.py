"""Rules of the pages: which moments of a family's past are shown: whose, of which kind, with which flag."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Where the moments of a timeline come from: one read each."""

    REFLECTIONS = "reflections"
    TEXTS_OUT = "texts_out"
    WISHES = "wishes"
    SLOTS = "slots"
    CONSENTS = "consents"
    ALERTS = "alerts"
    NOTES = "notes"
    CALLS = "calls"
    VISITS = "visits"
    PLACEMENT = "placement"


KINDS: Mapping[str, frozenset[Source]] = {
    "replies": frozenset({Source.REFLECTIONS, Source.WISHES}),
    "texts": frozenset({Source.TEXTS_OUT}),
    "held": frozenset({Source.SLOTS}),
    "alerts": frozenset({Source.ALERTS, Source.CALLS}),
    "notes": frozenset({Source.NOTES}),
    "visits": frozenset({Source.VISITS}),
    "placement": frozenset({Source.PLACEMENT}),
    "consent": frozenset({Source.CONSENTS}),
}
OF_FAMILY = frozenset({Source.NOTES, Source.VISITS, Source.PLACEMENT})  # about no one person
WITH_PROMPT = frozenset({Source.REFLECTIONS, Source.TEXTS_OUT, Source.SLOTS})

_NEW = frozenset({Source.REFLECTIONS, Source.WISHES, Source.ALERTS, Source.CALLS})
_REPLY = frozenset({Source.REFLECTIONS})
FLAGS: Mapping[str, frozenset[Source]] = {
    "new": _NEW,  # not seen by the viewer
    "unseen": _NEW,  # seen by nobody
    "hard_day": _REPLY,
    "rating": _REPLY,
    "careful": _REPLY,
    "late": _REPLY,
    "pictures": _REPLY,
    "pinned": frozenset({Source.REFLECTIONS, Source.NOTES, Source.ALERTS}),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a page is narrowed to; empty: not at all. A word that nobody offers narrows nothing."""

    member: str = ""
    technique: str = ""
    kind: str = ""
    flag: str = ""

    def __bool__(self) -> bool:
        return bool(self.member or self.technique or self.kind or self.flag)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Those that can hold what is asked for, in one order."""
        left = KINDS.get(self.kind, frozenset(Source)) & FLAGS.get(self.flag, frozenset(Source))
        left -= OF_FAMILY if self.member else frozenset()
        left &= WITH_PROMPT if self.technique else left
        return tuple(one for one in Source if one in left)

    def address(self) -> dict[str, str]:
        """The same as the parts of an address, empty ones left out."""
        parts = {"member": self.member, "technique": self.technique, "kind": self.kind, "flag": self.flag}
        return {name: value for name, value in parts.items() if value}


EVERYTHING = Filter()


def read_filter(member: str, technique: str, kind: str, flag: str) -> Filter:
    """The filter of an address; unknown words are left out."""
    return Filter(
        member, technique[:40].replace("\x00", ""), kind if kind in KINDS else "", flag if flag in FLAGS else ""
    )  # fmt: skip
