"""Rules of the pages: a week and a count as people say them."""

from datetime import date, timedelta

_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre"),
}  # fmt: skip
_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def week_heading(monday: date, today: date, language: str = "en") -> str:
    """ "This week", "Last week", or "Week of 9 November", with the year where it is another one."""
    spanish = language == "es"
    ago = (today - timedelta(days=today.weekday()) - monday).days // 7
    if ago == 0:
        return "Esta semana" if spanish else "This week"
    if ago == 1:
        return "La semana pasada" if spanish else "Last week"
    month = _MONTHS["es" if spanish else "en"][monday.month - 1]
    year = "" if monday.year == today.year else f" de {monday.year}" if spanish else f" {monday.year}"
    return f"Semana del {monday.day} de {month}{year}" if spanish else f"Week of {monday.day} {month}{year}"


def month_short(day: date, language: str = "en") -> str:
    """The first three letters of a month: enough under a bar."""
    return _MONTHS["es" if language == "es" else "en"][day.month - 1][:3]


def number_word(count: int) -> str:
    """A small number in letters, a larger one in figures."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def times(count: int) -> str:
    """How often: "once", "twice", "five times"."""
    return {1: "once", 2: "twice"}.get(count, f"{number_word(count)} times")


def listed(words: list[str]) -> str:
    """ "2, 2 and 3"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
