"""Rules, schedule → page: a rhythm as a plain sentence, in English or Spanish."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from foster_bond.rules.recurrence_rule import Rhythm, Rule

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_PLURALS = {
    "en": tuple(f"{day}s" for day in _WEEKDAYS["en"]),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábados", "domingos"),
}
_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre"),
}  # fmt: skip
_ORDINALS = {
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second last"},
    "es": {1: "primer", 2: "segundo", 3: "tercer", 4: "cuarto", 5: "quinto", -1: "último", -2: "penúltimo"},
}
_UNITS = {
    "en": {"DAILY": ("day", "days"), "WEEKLY": ("week", "weeks"), "MONTHLY": ("month", "months"),
           "YEARLY": ("year", "years")},
    "es": {"DAILY": ("día", "días"), "WEEKLY": ("semana", "semanas"), "MONTHLY": ("mes", "meses"),
           "YEARLY": ("año", "años")},
}  # fmt: skip
_EVERY_WEEKDAY = frozenset(range(7))
_MONDAY_TO_FRIDAY = frozenset(range(5))


def words(rhythm: Rhythm, language: str) -> str:
    """ "Mondays, Wednesdays and Fridays at 7 pm", or the same in Spanish for "es"."""
    spanish = language == "es"
    sentence = f"{_days(rhythm, spanish)} {_hours(rhythm, spanish)}{_end(rhythm, spanish)}"
    return sentence[0].upper() + sentence[1:]


def _days(rhythm: Rhythm, spanish: bool) -> str:
    rule = rhythm.rule
    if rule.freq in ("DAILY", "WEEKLY"):
        text = _by_week(rule, rhythm.starts, spanish)
    else:
        text = _by_month(rule, rhythm.starts, spanish)
    if rule.by_set_pos:
        positions = _joined([_ordinal(n, spanish) for n in rule.by_set_pos], spanish)
        text = f"solo el {positions} de: {text}" if spanish else f"only the {positions} of: {text}"
    return text


def _by_week(rule: Rule, starts: date, spanish: bool) -> str:
    language = "es" if spanish else "en"
    weekdays = [weekday for _, weekday in rule.by_day] or ([starts.weekday()] if rule.freq == "WEEKLY" else [])
    named = _weekday_words(weekdays, spanish)
    if rule.interval == 1:
        text = named
    else:
        every = f"cada {rule.interval}" if spanish else f"every {rule.interval}"
        text = f"{every} {_UNITS[language][rule.freq][1]}"
        if rule.freq == "WEEKLY":
            text += f", {named}" if spanish else f" on {named}"
        elif weekdays:
            text += f", solo {named}" if spanish else f", only {named}"
    if rule.by_month_day:
        numbers = _month_day_words(rule.by_month_day, spanish)
        text += f", solo {numbers} del mes" if spanish else f", only {numbers} of the month"
    return text + _in_months(rule, spanish)


def _weekday_words(weekdays: Sequence[int], spanish: bool) -> str:
    chosen = frozenset(weekdays)
    if not chosen or chosen == _EVERY_WEEKDAY:
        return "todos los días" if spanish else "every day"
    if chosen == _MONDAY_TO_FRIDAY:
        return "de lunes a viernes" if spanish else "Monday to Friday"
    return _joined([_PLURALS["es" if spanish else "en"][day] for day in sorted(chosen)], spanish)


def _by_month(rule: Rule, starts: date, spanish: bool) -> str:
    text = _days_of_the_month(rule, starts, spanish)
    singular, plural = _UNITS["es" if spanish else "en"][rule.freq]
    yearly_months = rule.freq == "YEARLY" and (rule.by_month or not (rule.by_day or rule.by_month_day))
    if yearly_months:
        months = _joined([_month(n, spanish) for n in rule.by_month or (starts.month,)], spanish)
        text += f" de {months}" if spanish else f" of {months}"
    if rule.interval > 1:
        text += f", cada {rule.interval} {plural}" if spanish else f", every {rule.interval} {plural}"
    elif rule.freq == "MONTHLY":
        text += f" de cada {singular}" if spanish else f" of every {singular}"
    else:
        text += f", cada {singular}" if spanish else f", every {singular}"
    return text if yearly_months else text + _in_months(rule, spanish)


def _days_of_the_month(rule: Rule, starts: date, spanish: bool) -> str:
    numbers = rule.by_month_day or (() if rule.by_day else (starts.day,))
    by_number = _month_day_words(numbers, spanish) if numbers else ""
    language = "es" if spanish else "en"
    named = []
    for ordinal, weekday in rule.by_day:
        day = _WEEKDAYS[language][weekday]
        every = f"cada {day}" if spanish else f"every {day}"
        named.append(f"{'el' if spanish else 'the'} {_ordinal(ordinal, spanish)} {day}" if ordinal else every)
    by_name = _joined(named, spanish)
    if by_number and by_name:
        return f"{by_number}, solo {by_name}" if spanish else f"{by_number}, only {by_name}"
    return by_number or by_name


def _month_day_words(numbers: Sequence[int], spanish: bool) -> str:
    return _joined([_month_day(n, spanish) for n in numbers], spanish)


def _month_day(number: int, spanish: bool) -> str:
    if number == -1:
        return "el último día" if spanish else "the last day"
    if number < 0:
        return f"el día {-number} contando desde el final" if spanish else f"the {_nth(-number)} day from the end"
    return f"el día {number}" if spanish else f"the {_nth(number)}"


def _ordinal(number: int, spanish: bool) -> str:
    known = _ORDINALS["es" if spanish else "en"].get(number)
    if known:
        return known
    if spanish:
        return f"n.º {abs(number)}" + (" desde el final" if number < 0 else "")
    return _nth(abs(number)) + (" last" if number < 0 else "")


def _nth(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _in_months(rule: Rule, spanish: bool) -> str:
    if not rule.by_month:
        return ""
    return (" en " if spanish else " in ") + _joined([_month(n, spanish) for n in rule.by_month], spanish)


def _month(number: int, spanish: bool) -> str:
    return _MONTHS["es" if spanish else "en"][number - 1]


def _hours(rhythm: Rhythm, spanish: bool) -> str:
    said: Callable[[time], str] = _hour_es if spanish else _hour_en
    if rhythm.between is None:
        clock = said(rhythm.at or time())
        return f"a {clock}" if spanish else f"at {clock}"
    start, end = (said(clock) for clock in rhythm.between)
    if spanish:
        return f"entre {start} y {end}, cada vez a otro minuto"
    return f"between {start} and {end}, at another minute each time"


def _hour_en(clock: time) -> str:
    if (clock.hour, clock.minute) in ((0, 0), (12, 0)):
        return "noon" if clock.hour else "midnight"
    return _twelve_hours(clock)


def _hour_es(clock: time) -> str:
    if (clock.hour, clock.minute) == (0, 0):
        return "la medianoche"
    return f"{'la' if clock.hour % 12 == 1 else 'las'} {_twelve_hours(clock)}"


def _twelve_hours(clock: time) -> str:
    minutes = f":{clock.minute:02d}" if clock.minute else ""
    return f"{clock.hour % 12 or 12}{minutes} {'pm' if clock.hour >= 12 else 'am'}"


def _end(rhythm: Rhythm, spanish: bool) -> str:
    rule = rhythm.rule
    parts = []
    if rule.count is not None:
        times = ("vez" if rule.count == 1 else "veces") if spanish else ("time" if rule.count == 1 else "times")
        parts.append(f", {rule.count} {times}")
    until = rule.until.date() if isinstance(rule.until, datetime) else rule.until
    last = min((day for day in (until, rhythm.ends) if day is not None), default=None)
    if last is not None:
        month = _month(last.month, spanish)
        parts.append(f", hasta el {last.day} de {month} de {last.year}" if spanish
                     else f", until {last.day} {month} {last.year}")  # fmt: skip
    return "".join(parts)


def _joined(items: Sequence[str], spanish: bool) -> str:
    if len(items) < 2:
        return "".join(items)
    last = " y " if spanish else " and "
    return ", ".join(items[:-1]) + last + items[-1]


def day_words(rhythm: Rhythm, language: str) -> str:
    """On which days: "Mondays, Wednesdays and Fridays"."""
    return _days(rhythm, language == "es")


def hour_words(rhythm: Rhythm, language: str) -> str:
    """At what hour: "at 7 pm", or between which two."""
    return _hours(rhythm, language == "es")


def clock_words(clock: time, language: str) -> str:
    """An hour as people say it: "7 pm"."""
    return _hour_es(clock) if language == "es" else _hour_en(clock)
