"""Reflections → what a caseworker reads before a visit: what people wrote and said themselves, since the last one.

Facts only, each with the texts it rests on; the page says the sentences. Nothing here guesses at a mind, weighs words
or compares one person with another: a person is held against their own past and nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from foster_bond.rules.own_ratings import OwnRatings, RatedAnswer, RatingKind, RatingPoint, own_ratings

LATELY = timedelta(days=28)  # read from here, where no visit is on record
LOOK_BACK = timedelta(days=84)  # their usual is that of the twelve weeks before
LEAST_TO_COMPARE = timedelta(days=14)  # a shorter "usual" is chance
LEAST_STRETCH = timedelta(days=3)  # and so is a shorter "since"


class Compared(StrEnum):
    """How often somebody wrote, against how often they themselves usually do."""

    LESS = "less"
    LITTLE_LESS = "little_less"
    USUAL = "usual"
    LITTLE_MORE = "little_more"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Heard:
    """One reflection of which something may be shown. `about_other`: the prompt asked about another mind."""

    reflection_id: str
    member_id: str
    at: datetime
    hard_day: bool = False
    about_other: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt that reached somebody, and whether it was answered."""

    member_id: str
    at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a fact rests on."""

    reflection_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonSince:
    """What one member wrote and said since then. Every tuple is oldest first."""

    member_id: str
    wrote: tuple[Evidence, ...]
    compared: Compared | None  # None: too little to compare with
    usual: int | None  # how often in a stretch as long, rounded; with `compared`
    ratings: tuple["RatingsSince", ...]
    hard: tuple[Evidence, ...]  # texts in which they named a hard day
    wondered: tuple[Evidence, ...]  # answers to questions about the child's mind, or another's: guesses


@dataclass(frozen=True, slots=True)
class RatingsSince:
    """The last numbers that somebody gave themselves, and the one they usually gave before."""

    kind: RatingKind
    last: tuple[RatingPoint, ...]
    usual: int | None


@dataclass(frozen=True, slots=True)
class SinceVisit:
    """All of it. A person is named where they wrote or were asked."""

    since: datetime
    people: tuple[PersonSince, ...]
    asked: int  # prompts that reached them since then
    answered: int
    last_words: Evidence | None  # of whoever wrote last, whenever that was


def since_visit(
    heard: Iterable[Heard], asked: Iterable[Asked], rated: Iterable[RatedAnswer], *, members: Sequence[str],
    since: datetime, now: datetime,
) -> SinceVisit:  # fmt: skip
    """What these members wrote from `since` until `now`. Texts of others, and of later, count for nothing."""
    told = sorted((one for one in heard if one.at <= now), key=lambda one: (one.at, one.reflection_id))
    sent = [one for one in asked if one.at <= now and one.member_id in members]
    ratings = own_ratings(one for one in rated if one.point.at <= now)
    people = [
        _person(
            member,
            [one for one in told if one.member_id == member],
            [one.at for one in sent if one.member_id == member],
            ratings.get(member, {}).values(),
            since,
            now,
        )
        for member in members
    ]
    here = [one for one in told if one.member_id in members]
    since_then = [one for one in sent if one.at > since]
    named = {one.member_id for one in since_then}
    return SinceVisit(
        since=since,
        people=tuple(one for one in people if one.wrote or one.ratings or one.member_id in named),
        asked=len(since_then),
        answered=sum(one.answered for one in since_then),
        last_words=_evidence(here[-1]) if here else None,
    )


def _person(
    member: str, heard: Sequence[Heard], asked: Sequence[datetime], ratings: Iterable[OwnRatings], since: datetime,
    now: datetime,
) -> PersonSince:  # fmt: skip
    lately = [one for one in heard if one.at > since]
    before = sum(since - LOOK_BACK < one.at <= since for one in heard)
    usual = _usual(before, min(asked, default=None), since, now)
    return PersonSince(
        member_id=member,
        wrote=tuple(map(_evidence, lately)),
        compared=None if usual is None else compare(len(lately), usual),
        usual=None if usual is None else round(usual),
        ratings=tuple(filter(None, (_ratings(one, min(since, now - LATELY)) for one in ratings))),
        hard=tuple(_evidence(one) for one in lately if one.hard_day),
        wondered=tuple(_evidence(one) for one in lately if one.about_other),
    )


def _evidence(one: Heard) -> Evidence:
    return Evidence(one.reflection_id, one.at)


def _usual(before: int, first_asked: datetime | None, since: datetime, now: datetime) -> float | None:
    """How often they would have written by now, had they written as in the weeks before; None: nothing to go by."""
    if first_asked is None or now - since < LEAST_STRETCH:
        return None
    span = since - max(first_asked, since - LOOK_BACK)
    return None if span < LEAST_TO_COMPARE else before * ((now - since) / span)


def compare(count: int, usual: float) -> Compared:
    """A count against their own usual: a difference of less than one time, or of a seventh, is none."""
    more = count - usual
    if abs(more) < 1 or abs(more) < 0.15 * usual:
        return Compared.USUAL
    if abs(more) < 0.5 * max(usual, 1):
        return Compared.LITTLE_MORE if more > 0 else Compared.LITTLE_LESS
    return Compared.MORE if more > 0 else Compared.LESS


def _ratings(own: OwnRatings, after: datetime) -> RatingsSince | None:
    last = tuple(one for one in own.last if one.at > after)
    return RatingsSince(own.kind, last, own.usual) if last else None
