"""What the reading steps share: the course of one trouble, from its first text to whoever took it."""

from collections.abc import Sequence
from datetime import timedelta

from foster_bond.rules.response_times import Course
from foster_bond.store.alerts import Alert

LOOK_BACK = timedelta(days=90)


def course_of(group: Sequence[Alert]) -> Course:
    """When it was raised, first told and first taken."""
    told = [one.first_notified_at for one in group if one.first_notified_at is not None]
    taken = [one.acknowledged_at for one in group if one.acknowledged_at is not None]
    return Course(group[0].raised_at, min(told, default=None), min(taken, default=None))
