"""Rules: when a note of the service is due: one more question after long silence, the monthly STOP and PAUSE reminder.

Source: prompts.md 9b, N1 and N2.
"""

from datetime import date, timedelta
from functools import cache

from foster_bond.library import system_texts

SILENT = timedelta(days=60)  # without a text from them, counted from our first one
NO_ANSWER = timedelta(days=7)  # to N1, from the moment it left: then the texts stop
SETTLED = timedelta(days=28)  # on the texts that long before the first monthly reminder
APART = timedelta(days=7)  # from another text that named STOP and PAUSE
_STOP, _PAUSE = ("STOP",), ("PAUSE", "PAUSA")


def in_reminder_week(day: date) -> bool:
    """The same week of every month: its days 8 to 14."""
    return 8 <= day.day <= 14


@cache
def names_stop_and_pause() -> tuple[str, ...]:
    """The fixed texts that tell how to stop and how to pause, in every language they have."""
    return tuple(
        text.id
        for text in system_texts().values()
        if all(any(word in words for word in _STOP) and any(word in words for word in _PAUSE)
               for words in text.texts.values())
    )  # fmt: skip
