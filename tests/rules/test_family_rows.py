"""A families file is read whole; each wrong value is one plain sentence that names its line."""

from datetime import date

import pytest

from foster_bond.errors import InvalidInput
from foster_bond.rules.family_rows import FamilyRows, read_family_rows

HEADER = (
    "family,zone,member,role,phone,language,consent,consent_wording,consent_date,caseworker_email,child_word,tags,"
    "guardian_consent,guardian_date,age_band,placed_on"
)
GRACE = {
    "family": "Okafor", "zone": "America/Denver", "member": "Grace", "role": "foster_parent", "phone": "303 555 0111",
    "language": "en", "consent": "recorded", "consent_wording": "Signed", "consent_date": "2026-10-30",
    "caseworker_email": "Mina@harbor.example",
}  # fmt: skip
TEEN = {"role": "teen", "age_band": "13-17", "guardian_consent": "County court", "guardian_date": "2026-10-01"}


def read(content: bytes) -> FamilyRows:
    return read_family_rows(content, country="US", today=date(2026, 11, 3))


def line(**change: str) -> str:
    return ",".join((GRACE | change).get(name, "") for name in HEADER.split(","))


def file(*lines: str) -> bytes:
    return "\n".join((HEADER, *lines)).encode()


def test_a_row_is_plain_values() -> None:
    (row,) = read(file(line(child_word="Kiddo", tags="new; west|new"))).rows
    assert (row.phone, row.caseworker_email, row.child_word) == ("+13035550111", "mina@harbor.example", "kiddo")
    assert row.tags == ("new", "west") and row.consent_date == date(2026, 10, 30) and row.placed_on is None
    assert read(file(line(placed_on="2026-12-01"))).rows[0].placed_on == date(2026, 12, 1)


def test_a_byte_order_mark_quotes_and_blank_lines_are_no_trouble() -> None:
    content = b"\xef\xbb\xbf" + file(line(family='"Okafor, Lane"'), "", line(member="Ben")).replace(b"\n", b"\r\n")
    rows = read(content).rows
    assert [(row.line, row.family) for row in rows] == [(2, "Okafor, Lane"), (4, "Okafor")]


def test_columns_come_in_any_order_and_optional_ones_may_be_missing() -> None:
    names = sorted(set(GRACE) - {"consent_wording"})
    content = ",".join(names) + "\n" + ",".join((GRACE | {"consent": "ask"})[name] for name in names)
    (row,) = read(content.encode()).rows
    assert (row.child_word, row.tags, row.age_band, row.family_ref) == (None, None, None, None)


def test_a_teen_with_custody_consent_is_fine() -> None:
    for band in ("13-17", "15", "16 - 17"):
        assert read(file(line(**TEEN | {"age_band": band}))).problems == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"family": " "}, "family: The name is missing."),
        ({"zone": ""}, "zone is missing."),
        ({"zone": "Denver"}, "'Denver' is not a time zone we know"),
        ({"role": "parent"}, "role is one of"),
        ({"language": "fr"}, 'language is one of en, es, not "fr"'),
        ({"consent": "yes"}, "consent is one of recorded, ask, none"),
        ({"consent_wording": ""}, "needs consent_wording"),
        ({"consent_date": ""}, "needs consent_date"),
        ({"consent": "ask", "consent_date": ""}, "consent ask needs consent_date"),
        ({"consent_date": "30.10.2026"}, "consent_date must be a day like 2026-11-03"),
        ({"consent_date": "2026-02-30"}, "consent_date must be a day"),
        ({"consent_date": "2027-01-01"}, "lies in the future"),
        ({"consent_date": "1890-01-01"}, "is too old"),
        ({"child_word": "Tyler"}, "child_word:"),
        ({"tags": "x" * 41}, "tags: at most 20"),
        ({"phone": "303 555 0111 x2"}, "has an extension"),
        ({"caseworker_email": "mina"}, "is not an e-mail address"),
        ({"role": "teen"}, "a teen needs age_band"),
        (TEEN | {"age_band": "10-14"}, "within 13-17"),
        (TEEN | {"guardian_consent": ""}, "guardian_consent"),
        (TEEN | {"guardian_date": ""}, "guardian_date"),
        ({"role": "other", "age_band": "8"}, "under 13"),
        ({"placed_on": "3 March"}, "placed_on must be a day like"),
        ({"placed_on": "1999-01-01"}, "at most 25 years ago"),
    ],
)
def test_each_wrong_value_is_one_sentence(change: dict[str, str], said: str) -> None:
    found = read(file(line(), line(**change)))
    assert len(found.rows) == 1 and len(found.problems) >= 1
    assert all(problem.startswith("line 3: ") for problem in found.problems)
    assert any(said in problem for problem in found.problems), found.problems


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the column"),
        (b"family;zone;member\n", "separated by commas"),
        (b"family,zone\n\xff\n", "line 2: the file is not UTF-8"),
        (file(), "no rows"),
        (file(line() + ',"open'), "this is not CSV"),
        (file(line()).replace(b"tags", b"tags,colour"), 'line 1: "colour" is not a column we know.'),
        (file(line()).replace(b"tags", b"zone"), 'line 1: the column "zone" stands 2 times.'),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as off:
        read(content)
    assert any(said in problem for problem in off.value.problems), off.value.problems


def test_a_row_of_another_width_is_named_by_the_line_it_begins_on() -> None:
    found = read(file(line(family='"Okafor,\nLane"'), "x"))
    assert found.problems == ("line 4: it has 1 cells, the header has 16.",)
