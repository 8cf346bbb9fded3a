"""Store → pictures page: a family's year by week, own ratings with notes marked, the rungs it was asked from."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from foster_bond.rules.access import Viewer
from foster_bond.rules.ladder_state import LEVELS
from foster_bond.rules.local_time import local_day, local_instant, week_start
from foster_bond.rules.own_ratings import SCALES, OwnRatings, own_ratings
from foster_bond.rules.page_values.frame import When
from foster_bond.rules.page_values.pictures import NoteMark, PicturesPage, RatingMark, RatingPicture, WeekColumn
from foster_bond.rules.plain_name import plain_name
from foster_bond.rules.spoken_time import when
from foster_bond.rules.week_words import month_short, week_heading
from foster_bond.steps.rungs import TECHNIQUES
from foster_bond.store import asked_by_rung, families, rated_answers, staff
from foster_bond.store.asked_by_rung import AskedOnRung
from foster_bond.store.families import Family
from foster_bond.store.open_store import Store

WEEKS = 52
LEAST_WEEKS = 12  # a young thread keeps the width of its first quarter
YEAR = timedelta(weeks=WEEKS)
_WIDE = 1000


def read_pictures(store: Store, viewer: Viewer, family_id: str, now: datetime) -> PicturesPage:
    """The weeks of a family that the viewer holds, a year at most, in a constant number of reads. Raises: NotYours."""
    with store.read() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        agency_id, since = viewer.agency_id, now - YEAR
        names = {
            one.id: plain_name(families.member_name(session, store.vault, one))
            for one in families.members_of(session, agency_id, family.id)
        }
        staff_names = {one.id: one.name for one in staff.of_agency(session, agency_id)}
        asked = asked_by_rung.asked_by_rung(session, agency_id, family.id, since)
        told = _Telling(viewer, family, now, asked[0].at if asked else None)
        given = own_ratings(rated_answers.rated(session, agency_id, family.id, since))
        return PicturesPage(
            family_id=family.id,
            name=plain_name(families.name_of(session, store.vault, family)),
            weeks=told.weeks(asked),
            ratings=tuple(
                told.rating(names[member_id], mine) for member_id in names for mine in given.get(member_id, {}).values()
            ),
            notes=tuple(
                NoteMark(told.x(at), staff_names.get(author, ""), told.say(at))
                for at, author in asked_by_rung.notes_since(session, agency_id, family.id, since)
            ),
            techniques=TECHNIQUES,
        )


class _Telling:
    """Where things stand on the line of time: whole weeks of the family's own calendar, the one of today last."""

    def __init__(self, viewer: Viewer, family: Family, now: datetime, first: datetime | None) -> None:
        self._language, self._zone, self._now = viewer.language, family.zone, now
        self._today = local_day(now, family.zone)
        began = self._today if first is None else local_day(first, family.zone)
        many = (week_start(self._today) - week_start(began)).days // 7 + 1
        self._many = max(LEAST_WEEKS, min(WEEKS, many))
        self._first = week_start(self._today) - timedelta(weeks=self._many - 1)
        self._starts = local_instant(self._first, time(), family.zone)

    def say(self, at: datetime) -> When:
        """The instant on the family's wall."""
        return when(at, self._zone, language=self._language, place=False, now=self._now)

    def x(self, at: datetime) -> int:
        """From 0, the first Monday, to 1000, the end of this week."""
        return max(0, min(_WIDE, round(_WIDE * ((at - self._starts) / timedelta(weeks=self._many)))))

    def rating(self, name: str, mine: OwnRatings) -> RatingPicture:
        low, top = SCALES[mine.kind]
        return RatingPicture(
            member_name=name,
            kind=mine.kind.value,
            low=low,
            top=top,
            marks=tuple(RatingMark(self.x(one.at), one.value, self.say(one.at)) for one in mine.points),
            joined=mine.may_draw_line,
            usual=mine.usual,
            last=tuple(one.value for one in mine.last),
        )

    def weeks(self, asked: Sequence[AskedOnRung]) -> tuple[WeekColumn, ...]:
        """Every week since the first prompt, at least twelve, the one of today last; empty before it."""
        if not asked:
            return ()
        found: dict[date, list[AskedOnRung]] = {
            self._first + timedelta(weeks=number): [] for number in range(self._many)
        }
        for one in asked:
            found.get(week_start(local_day(one.at, self._zone)), []).append(one)
        return tuple(
            WeekColumn(
                words=week_heading(monday, self._today, self._language),
                month=month_short(monday, self._language) if monday.day <= 7 else "",
                asked=len(mine),
                answered=sum(one.answered for one in mine),
                rungs=tuple(_on_rung(mine, level) for level in range(LEVELS)),
            )
            for monday, mine in found.items()
        )


def _on_rung(asked: Sequence[AskedOnRung], level: int) -> tuple[int, int]:
    mine = [one for one in asked if one.level == level]
    return len(mine), sum(one.answered for one in mine)
