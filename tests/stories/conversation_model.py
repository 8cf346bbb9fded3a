"""What must be true of the whole conversation, said a second time in few words and without any of the product's.

It is told what was typed on which phone, and what people and the network did; it says where consent stands, which words
a caseworker may read, and which text may leave now.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DENVER = "America/Denver"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOLIDAYS = frozenset({date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 18)})
PROMPTING = frozenset({"prompt", "nudge", "again"})
NEEDS_CONSENT = PROMPTING | {"welcome", "ack", "staff_reply"}
POLITE = PROMPTING | {"consent_ask", "ack", "staff_reply"}
AFTER_A_STOP = frozenset({"STOP", "WRONG-NUMBER", "HELP", "X3", "X3-U"})  # and whatever answers a cry for help
CONFIRMS_A_STOP = frozenset({"STOP", "WRONG-NUMBER", "X3", "X3-U"})
SETS_NOTHING_RIGHT = frozenset({"stop", "wrong number", "unclear", "help", "why"})  # while a hold is open
ANYBODYS = frozenset({"stop", "wrong number", "start", "help"})
MOST_TEXTS, MOST_PROMPTS = 6, 4  # in seven days
SILENT, SETTLED, NO_ANSWER = 60 * DAY, 28 * DAY, 7 * DAY


@dataclass(frozen=True, slots=True)
class Saying:
    """Words that somebody may type, and what they mean where nothing of ours is open."""

    words: str
    meaning: str
    days: int = 0  # of a pause
    lifts_carrier: bool = False
    cry: bool = False


@dataclass(slots=True)
class Said:
    """One text of a phone, as the model keeps it."""

    sid: str
    words: str
    at: datetime
    is_reply: bool
    cry: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """One text that the carrier was handed: what it was, to whom, and the zone it was written for."""

    kind: str
    text_id: str | None
    to: str
    zone: str
    at: datetime
    taken: bool

    @property
    def day(self) -> date:
        return self.at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(slots=True)
class Phone:
    """One number: what it has agreed to, what it asked for, what it said and what it got."""

    homes: tuple[str, ...] = ()
    consent: str = "none"
    carrier_stopped: bool = False
    quarantined: bool = False
    asked_again: bool = False  # N1 waits for an answer
    heard_at: datetime | None = None  # their last text of any kind
    since: tuple[str, datetime] | None = None  # how consent stood when it was looked at last, and since when
    confirmed_at: datetime | None = None  # the last time that it was given anew
    reminded: set[str] = field(default_factory=set)  # the months that had their N2
    decide_by: datetime | None = None
    paused_until: datetime | None = None
    texts_a_week: int = MOST_TEXTS
    open_cries: set[str] = field(default_factory=set)  # carrier ids of texts whose alert nobody has closed
    said: list[Said] = field(default_factory=list)
    got: list[Left] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one text has to set off: whether one confirmation of a stop is due, and whether any answer is allowed."""

    confirmations: int | None = 0  # None: the open alert's own answer says it, or nothing does
    silent: bool = False


@dataclass(slots=True)
class Model:
    """Everybody's phones, and in which zone each home is."""

    phones: dict[str, Phone]
    zones: dict[str, str]

    def hear(
        self, number: str, sid: str, saying: Saying, at: datetime, now: datetime, *, carrier_answered: bool = False
    ) -> Effect:
        """A text came in: what it changes, and what must answer it."""
        phone = self.phones[number]
        before, meaning = phone.consent, self._meaning(phone, saying, at)
        phone.heard_at = max(at, phone.heard_at or at)
        if meaning == "reaction":
            return Effect(silent=True)
        had_alert = bool(phone.open_cries)
        if phone.consent == "hold" and meaning not in SETS_NOTHING_RIGHT:
            phone.consent = "active"
        known = bool(phone.homes)
        is_reply = meaning == "reply" or (not known and meaning not in ANYBODYS)
        if meaning == "delete" and known:
            self._take_back(phone, at)
        phone.said.append(Said(sid, saying.words, at, is_reply or saying.cry, saying.cry))
        if saying.cry:
            phone.open_cries.add(sid)
        if known or meaning in ANYBODYS or meaning in ("yes", "no"):
            self._obey(phone, before, meaning, saying, now, carrier_answered=carrier_answered)
        stopped_now = before != "stopped" and phone.consent == "stopped"
        if saying.cry or (stopped_now and had_alert):
            return Effect(None)
        told = stopped_now and not carrier_answered and now - at <= 5 * MINUTE
        if before == "pending" and meaning == "no":
            told = False
        return Effect(int(told), silent=phone.consent == "stopped" and not told and meaning != "help")

    def _meaning(self, phone: Phone, saying: Saying, at: datetime) -> str:
        asks = {"pending": "W0", "hold": "K11"}.get(phone.consent) or ("N1" if phone.asked_again else "")
        if saying.meaning == "yes":
            return {"W0": "yes", "K11": "stop", "N1": "keep"}.get(asks, "reply")
        if saying.meaning == "no":
            return {"W0": "no", "K11": "carry on", "N1": "stop"}.get(asks, "reply")
        before = sorted((one for one in phone.said if at - 15 * MINUTE < one.at <= at), key=lambda one: one.at)
        if saying.words in ("MORE", "MAS") and before and before[-1].words == "No":
            return "unclear"
        return saying.meaning

    def _obey(
        self, phone: Phone, before: str, meaning: str, saying: Saying, now: datetime, *, carrier_answered: bool
    ) -> None:
        if meaning in ("stop", "wrong number", "no"):
            self._stop(phone)
            phone.carrier_stopped |= carrier_answered
            if meaning == "wrong number":
                phone.quarantined = bool(phone.homes)
        elif meaning == "yes":
            phone.consent = "active"
        elif meaning == "keep" or (meaning == "start" and before == "active" and phone.asked_again):
            phone.asked_again, phone.confirmed_at = False, now
        elif meaning == "start" and before == "active":
            phone.paused_until = None
        elif meaning == "start" and before != "none":
            self._start(phone, saying)
        elif meaning == "back" and before != "stopped":
            phone.paused_until = None
        elif meaning == "unclear" and before == "active":
            phone.consent, phone.decide_by, phone.asked_again = "hold", a_working_day_after(now), False
        elif meaning == "pause":
            phone.paused_until = now + saying.days * DAY
        elif meaning in ("less", "more"):
            change = 1 if meaning == "more" else -1
            phone.texts_a_week = min(max(phone.texts_a_week + change, 1), MOST_TEXTS)

    def _stop(self, phone: Phone) -> None:
        phone.consent, phone.asked_again, phone.decide_by = "stopped", False, None

    def _start(self, phone: Phone, saying: Saying) -> None:
        if phone.quarantined or (phone.carrier_stopped and not saying.lifts_carrier):
            return
        phone.consent, phone.carrier_stopped = "active", False

    def _take_back(self, phone: Phone, at: datetime) -> None:
        """DELETE: the newest reply of one day, but never words about danger, nor any while an alert is open."""
        mine = [one for one in phone.said if one.is_reply and not one.withdrawn and at - DAY < one.at <= at]
        mine.sort(key=lambda one: one.at)
        if mine and not phone.open_cries and not mine[-1].cry:
            mine[-1].withdrawn = True

    def asked_by_text(self, number: str) -> None:
        self.phones[number].consent = "pending"

    def staff_stops(self, number: str) -> None:
        self._stop(self.phones[number])

    def network_stops(self, number: str) -> None:
        self._stop(self.phones[number])
        self.phones[number].carrier_stopped = True

    def staff_decides(self, number: str, *, stop: bool) -> None:
        phone = self.phones[number]
        phone.consent, phone.decide_by = ("stopped" if stop else "active"), None

    def asked_whether_still(self, number: str, now: datetime) -> list[str]:
        """N1 was written; why it should not have been, empty is well."""
        phone = self.phones[number]
        since = [at for at in (phone.heard_at, phone.confirmed_at, phone.since and phone.since[1]) if at is not None]
        found = [] if phone.consent == "active" else [f"N1 while {phone.consent}"]
        found += ["N1 twice"] if phone.asked_again else []
        found += [f"N1 after {now - at}" for at in since if now - at < SILENT]
        found += [] if any(one.at <= now - SILENT for one in phone.got) else ["N1 to somebody who got nothing yet"]
        phone.asked_again = True
        return found

    def reminded(self, number: str, now: datetime) -> list[str]:
        """N2 was written; why it should not have been, empty is well."""
        phone = self.phones[number]
        days = {now.astimezone(ZoneInfo(zone)).date() for zone in self.zones_of(number)}
        month = f"{now.astimezone(ZoneInfo(DENVER)):%Y-%m}"
        found = [] if phone.consent == "active" and not phone.asked_again else ["N2 to somebody who is not here"]
        found += [] if any(8 <= day.day <= 14 for day in days) else [f"N2 on {days}"]
        found += ["N2 twice in a month"] if month in phone.reminded else []
        found += ["N2 too early"] if phone.since is None or now - phone.since[1] < SETTLED else []
        phone.reminded.add(month)
        return found

    def still_no_answer(self, number: str, left_at: datetime | None, now: datetime, *, lost: bool) -> None:
        """The job that ends open questions ran: `left_at` is when N1 left, `lost` that it never will."""
        phone = self.phones[number]
        if phone.asked_again and lost:
            phone.asked_again = False
        elif phone.asked_again and left_at is not None and now >= left_at + NO_ANSWER:
            self._stop(phone)

    def look(self, now: datetime) -> None:
        """Whatever changed in this step has stood since now."""
        for phone in self.phones.values():
            if phone.since is None or phone.since[0] != phone.consent:
                phone.since = phone.consent, now

    def consent_recorded(self, number: str, now: datetime) -> bool:
        """False where a person may not record consent now."""
        phone = self.phones[number]
        if phone.consent == "hold" or (phone.consent == "stopped" and phone.carrier_stopped):
            return False
        phone.consent, phone.asked_again, phone.confirmed_at = "active", False, now
        return True

    def days_pass(self, now: datetime) -> None:
        """Holds that nobody has decided end as a stop."""
        for phone in self.phones.values():
            if phone.consent == "hold" and phone.decide_by is not None and now >= phone.decide_by:
                self._stop(phone)

    def alerts_closed(self, sids: Set[str]) -> None:
        for phone in self.phones.values():
            phone.open_cries -= sids

    def readable(self) -> Mapping[str, str]:
        """By carrier id: the words that stand on some timeline, or among the unplaced."""
        return {
            one.sid: one.words
            for phone in self.phones.values() for one in phone.said if one.is_reply and not one.withdrawn
        }  # fmt: skip

    def zones_of(self, number: str) -> list[str]:
        return [self.zones[home] for home in self.phones[number].homes] or [DENVER]

    def wrong_to_send(self, left: Left) -> list[str]:
        """Why this text should not have left at that moment; empty is well."""
        phone, found = self.phones[left.to], []
        if left.kind in NEEDS_CONSENT and phone.consent != "active":
            found.append(f"consent is {phone.consent}")
        if left.kind == "consent_ask" and phone.consent not in ("none", "pending"):
            found.append(f"asked for consent while {phone.consent}")
        if phone.consent == "stopped" and left.kind != "crisis_reply" and left.text_id not in AFTER_A_STOP:
            found.append("the number has stopped")
        if left.kind in POLITE:
            found += [f"not polite in {zone}" for zone in self.zones_of(left.to) if not polite(left.at, zone)]
        if left.kind in PROMPTING:
            found += self._wrong_to_ask(phone, left)
        return found

    def _wrong_to_ask(self, phone: Phone, left: Left) -> list[str]:
        found = []
        if phone.paused_until is not None and left.at < phone.paused_until:
            found.append(f"paused until {phone.paused_until}")
        if self._alarmed(left.to):
            found.append("an alert is open")
        if phone.asked_again and left.text_id not in ("N1", "N2"):
            found.append("N1 waits for an answer")
        week = [one for one in phone.got if one.kind in PROMPTING and left.day - 7 * DAY < one.day <= left.day]
        prompts = [one for one in week if one.kind != "nudge"]
        if len(week) >= phone.texts_a_week:
            found.append(f"{len(week)} texts in seven days already")
        if left.kind != "nudge" and len(prompts) >= min(MOST_PROMPTS, phone.texts_a_week):
            found.append(f"{len(prompts)} prompts in seven days already")
        if left.kind != "nudge" and any(one.day == left.day for one in prompts):
            found.append("asked on that day already")
        return found

    def _alarmed(self, number: str) -> bool:
        """A cry of this number, or of anybody whose one home is a home of this number."""
        mine = self.phones[number]
        return any(
            phone.open_cries and (phone is mine or (len(phone.homes) == 1 and phone.homes[0] in mine.homes))
            for phone in self.phones.values()
        )


def polite(at: datetime, zone: str) -> bool:
    """Nine to eight in the evening; on Sundays from noon."""
    local = at.astimezone(ZoneInfo(zone))
    return (12 if local.weekday() == 6 else 9) <= local.hour < 20


def a_working_day_after(at: datetime) -> datetime:
    """The same hour of the next working day; of what was said on a day off, the end of that day."""
    local = at.astimezone(ZoneInfo(DENVER))
    day = local.date() + DAY
    while not _works(day):
        day += DAY
    if _works(local.date()):
        return datetime.combine(day, local.time(), ZoneInfo(DENVER))
    return datetime.combine(day + DAY, time(0), ZoneInfo(DENVER))


def _works(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def _all(meaning: str, *words: str, **more: int | bool) -> tuple[Saying, ...]:
    return tuple(Saying(one, meaning, **more) for one in words)  # type: ignore[arg-type]  # each fits by its name


SAYINGS: Mapping[str, tuple[Saying, ...]] = {
    "reply": _all(
        "reply", "He laughed at the table.", "I told him to stop hitting", "4, she hugged me", "cuatro", "1",
        "Cenamos juntos y se rio", "Loved the movie", "He hummed 😀 while he dried the plates", "MAS",
        "A hard day, we both cried",
    ),
    "stop": _all(
        "stop", "STOP", "Alto", "no más", "please don't text me any more", "ya no me escriban", "STOP - Ben", "ＳＴＯＰ"
    ),
    "start": (
        *_all("start", "START", "Unstop", lifts_carrier=True), *_all("start", "INICIAR", "Volver por favor"),
    ),
    "unclear": _all("unclear", "Stop it", "ya basta", "ENOUGH"),
    "yes": _all("yes", "YES", "Sí acepto"),
    "no": _all("no", "No", "No gracias"),
    "help": _all("help", "HELP", "ayuda"),
    "cry": (
        *_all("reply", "I am going to kill myself tonight", "Quiero morirme", "He is beating her right now", cry=True),
        *_all("stop", "Stop. I want to die", cry=True),
    ),
    "pause": (
        *_all("pause", "PAUSE", days=7), *_all("pause", "Pausa 3 días", days=3),
        *_all("pause", "pause 2 weeks", days=14),
    ),
    "back": _all("back", "BACK", "ya volví"),
    "less": _all("less", "LESS", "menos"),
    "more": _all("more", "MORE", "aumentar"),
    "open question": (*_all("later", "LATER", "luego"), *_all("skip", "SKIP", "saltar")),
    "rhythm": (*_all("time", "TIME 6 pm", "HORA 10:00", "time 11 pm", "hora"), *_all("base", "BASE")),
    "language": _all("language", "LANGUAGE", "Español", "ENGLISH"),
    "asks": (*_all("why", "WHY", "quién es"), *_all("story", "STORY")),
    "delete": _all("delete", "DELETE", "borrar"),
    "wrong number": _all("wrong number", "Sorry, wrong number", "número equivocado"),
}  # fmt: skip
