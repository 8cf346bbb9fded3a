"""Rules, before the river begins: a families file is read whole; each bad row is named with its line and reason."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from foster_bond.errors import InvalidInput
from foster_bond.library import LANGUAGES, ROLES
from foster_bond.rules.local_time import check_zone
from foster_bond.rules.message_text import check_fill
from foster_bond.rules.new_agency import email_address, person_name
from foster_bond.rules.phone_numbers import phone_number

REQUIRED = ("family", "zone", "member", "role", "phone", "language", "consent", "caseworker_email")
OPTIONAL = (
    *("consent_wording", "consent_date", "child_word", "tags"),
    *(
        "family_ref",
        "member_ref",
        "guardian_consent",
        "guardian_date",
        "age_band",
        "assent_date",
        "contact_date",
        "placed_on",
        "turns_18",
    ),
)
CONSENTS = ("recorded", "ask", "none")
MOST_ROWS = 100_000  # ten thousand homes several times over; past that it is the wrong file
_LONGEST_REF, _LONGEST_TAG, _MOST_TAGS, _LONGEST_WORDING = 80, 40, 20, 2000
_CHILDHOOD, _AHEAD = timedelta(days=25 * 366), timedelta(days=2 * 366)  # how far from today a child may have come
_BAND = re.compile(r"([0-9]{1,2})(?: *[-–] *([0-9]{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One member as the file has it. None where the file has no such column: what is known stays."""

    line: int
    family: str
    zone: str
    member: str
    role: str
    phone: str
    language: str
    consent: str
    caseworker_email: str
    consent_wording: str = ""
    consent_date: date | None = None
    child_word: str | None = None
    tags: tuple[str, ...] | None = None
    family_ref: str | None = None
    member_ref: str | None = None
    guardian_consent: str | None = None
    guardian_date: date | None = None
    age_band: str | None = None
    assent_date: date | None = None  # a teen's own yes, after they were told who reads
    contact_date: date | None = None  # a birth parent: a named worker saw that no order forbids contact
    turns_18: date | None = None  # the first day of that month; None, too, where the cell is empty
    placed_on: date | None = None  # None, too, where the cell is empty: the day that is known stays


@dataclass(frozen=True, slots=True)
class FamilyRows:
    """The rows that can be read, and a sentence for each thing that is off."""

    rows: tuple[FamilyRow, ...]
    problems: tuple[str, ...]


def read_family_rows(content: bytes, *, country: str, today: date) -> FamilyRows:
    """Every member of the file. Raises: InvalidInput where it is no such file at all (encoding, header, quotes)."""
    lines = _lines(content)
    header = _header(next(lines, (1, []))[1])
    rows: list[FamilyRow] = []
    problems: list[str] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) + len(problems) >= MOST_ROWS:
            raise InvalidInput(f"The file has more than {MOST_ROWS:,} rows; split it.")
        if len(cells) != len(header):
            problems.append(f"line {line}: it has {len(cells)} cells, the header has {len(header)}.")
            continue
        reader = _RowReader(line, dict(zip(header, cells, strict=True)), country, today)
        row = reader.read()
        problems += [f"line {line}: {said}" for said in reader.problems]
        if not reader.problems:
            rows.append(row)
    if not rows and not problems:
        raise InvalidInput("The file has a header and no rows.")
    return FamilyRows(tuple(rows), tuple(problems))


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line it begins on."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as off:
        line = content.count(b"\n", 0, off.start) + 1
        raise InvalidInput(f"line {line}: the file is not UTF-8; save it as “CSV UTF-8”.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as off:
        raise InvalidInput(f"line {begins}: this is not CSV: {off}.") from None


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip().lower() for cell in cells)
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise InvalidInput("line 1: the columns must be separated by commas.")
    problems = [f'line 1: the column "{name}" is missing.' for name in REQUIRED if name not in names]
    for name in dict.fromkeys(names):
        if name not in REQUIRED + OPTIONAL:
            problems.append(f'line 1: "{name[:40]}" is not a column we know.')
        elif names.count(name) > 1:
            problems.append(f'line 1: the column "{name}" stands {names.count(name)} times.')
    if problems:
        raise InvalidInput(" ".join(problems), tuple(problems))
    return names


class _RowReader:
    """One row's cells; what is off is named in `problems`."""

    def __init__(self, line: int, cells: Mapping[str, str], country: str, today: date) -> None:
        self._line, self._cells, self._country, self._today = line, cells, country, today
        self.problems: list[str] = []

    def read(self) -> FamilyRow:
        role = self._one_of("role", ROLES)
        row = FamilyRow(
            line=self._line,
            family=self._words("family"),
            zone=self._zone(),
            member=self._words("member"),
            role=role,
            phone=self._phone(),
            language=self._one_of("language", LANGUAGES),
            consent=self._one_of("consent", CONSENTS),
            caseworker_email=self._email(),
            consent_wording=self._cell("consent_wording")[:_LONGEST_WORDING],
            consent_date=self._day("consent_date"),
            child_word=self._child_word(),
            tags=self._tags(),
            family_ref=self._ref("family_ref"),
            member_ref=self._ref("member_ref"),
            guardian_consent=self._cell("guardian_consent") if "guardian_consent" in self._cells else None,
            guardian_date=self._day("guardian_date"),
            age_band=self._age_band(role),
            assent_date=self._day("assent_date"),
            contact_date=self._day("contact_date"),
            placed_on=self._placed_on(),
            turns_18=self._turns_18(role),
        )
        self._check_consent(row)
        if role == "teen":
            self._check_teen(row)
        if role == "birth_parent" and row.consent != "none" and not self._cell("contact_date"):
            self.problems.append("a birth parent needs contact_date, when a worker saw that no order forbids contact.")
        return row

    def _cell(self, name: str) -> str:
        return self._cells.get(name, "").strip()

    def _words(self, name: str) -> str:
        try:
            return person_name(self._cell(name))
        except InvalidInput as off:
            self.problems.append(f"{name}: {off}")
            return ""

    def _one_of(self, name: str, allowed: Sequence[str]) -> str:
        word = self._cell(name).lower()
        if word not in allowed:
            typed = f'not "{self._cell(name)[:40]}"' if word else "not empty"
            self.problems.append(f"{name} is one of {', '.join(allowed)}, {typed}.")
        return word

    def _zone(self) -> str:
        try:
            check_zone(self._cell("zone"))
        except InvalidInput as off:
            self.problems.append(f"zone: {off}" if self._cell("zone") else "zone is missing.")
        return self._cell("zone")

    def _phone(self) -> str:
        try:
            return phone_number(self._cell("phone"), self._country)
        except InvalidInput as off:
            self.problems.append(f"phone: {off}")
            return ""

    def _email(self) -> str:
        try:
            return email_address(self._cell("caseworker_email"))
        except InvalidInput as off:
            self.problems.append(f"caseworker_email: {off}")
            return ""

    def _read_day(self, name: str) -> date | None:
        typed = self._cell(name)
        if not typed:
            return None
        try:
            day = date.fromisoformat(typed) if len(typed) == 10 else None
        except ValueError:
            day = None
        if day is None:
            self.problems.append(f'{name} must be a day like 2026-11-03, not "{typed[:40]}".')
        return day

    def _placed_on(self) -> date | None:
        day = self._read_day("placed_on")
        if day is not None and not self._today - _CHILDHOOD <= day <= self._today + _AHEAD:
            self.problems.append(f"placed_on {day} must be at most 25 years ago and at most two years from today.")
        return day

    def _turns_18(self, role: str) -> date | None:
        typed = self._cell("turns_18")
        if not typed:
            return None
        try:
            month = date.fromisoformat(f"{typed}-01") if len(typed) == 7 else None
        except ValueError:
            month = None
        if month is None or not 0 <= month.year - self._today.year <= 6:
            self.problems.append(f'turns_18 is the month of a teen\'s 18th birthday like 2027-04, not "{typed[:20]}".')
        elif role != "teen":
            self.problems.append("turns_18 belongs to a teen only.")
        return month

    def _day(self, name: str) -> date | None:
        day = self._read_day(name)
        if day is None:
            return None
        if day > self._today + timedelta(days=1) or day.year < 1990:  # a zone may be a day ahead of ours
            self.problems.append(
                f"{name} {day} lies in the future." if day.year > 1990 else f"{name} {day} is too old."
            )
        return day

    def _child_word(self) -> str | None:
        if "child_word" not in self._cells:
            return None
        word = " ".join(self._cell("child_word").split()).casefold()
        said = check_fill("child", word) if word else None
        if said is not None:
            self.problems.append(f"child_word: {said}")
        return word

    def _tags(self) -> tuple[str, ...] | None:
        if "tags" not in self._cells:
            return None
        tags = tuple(dict.fromkeys(tag.strip() for tag in re.split("[;|]", self._cell("tags")) if tag.strip()))
        if len(tags) > _MOST_TAGS or any(len(tag) > _LONGEST_TAG or not tag.isprintable() for tag in tags):
            self.problems.append(f"tags: at most {_MOST_TAGS}, each at most {_LONGEST_TAG} signs, separated by ; or |.")
        return tags

    def _ref(self, name: str) -> str | None:
        ref = self._cell(name)
        if len(ref) > _LONGEST_REF or not ref.isprintable():
            self.problems.append(f"{name} must be one line of at most {_LONGEST_REF} signs.")
        return ref or None

    def _age_band(self, role: str) -> str | None:
        band = self._cell("age_band")
        if not band:
            return None if "age_band" not in self._cells else ""
        found = _BAND.fullmatch(band)
        ages = [int(age) for age in found.groups() if age is not None] if found else []
        if role == "teen" and not (ages and 13 <= ages[0] <= ages[-1] <= 17):
            self.problems.append(f'age_band of a teen lies within 13-17, not "{band[:20]}".')
        elif ages and ages[0] < 13:
            self.problems.append("age_band: the service never texts a child under 13.")
        elif len(band) > 10:
            self.problems.append("age_band is longer than 10 signs.")
        return band

    def _check_consent(self, row: FamilyRow) -> None:
        if row.consent == "recorded" and not row.consent_wording:
            self.problems.append("consent recorded needs consent_wording, the words they agreed to.")
        if row.consent in ("recorded", "ask") and not self._cell("consent_date"):
            self.problems.append(f"consent {row.consent} needs consent_date.")

    def _check_teen(self, row: FamilyRow) -> None:
        if not row.age_band:
            self.problems.append("a teen needs age_band, 13-17.")
        if not row.guardian_consent:
            self.problems.append("a teen needs guardian_consent: who holds custody and agreed.")
        if not self._cell("guardian_date"):
            self.problems.append("a teen needs guardian_date, the day that custody consent was given.")
