"""The record as files: no cell is a formula, every sign is printed or named, and what is cut cannot be read."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foster_bond.errors import InvalidInput
from foster_bond.rules.folding import bare
from foster_bond.rules.record.as_files import as_csv, as_json
from foster_bond.rules.record.paper import record_pdf, summary_pdf
from foster_bond.rules.record.printable import ENCODING, printable
from foster_bond.rules.record.redacting import read_words, redacted, redacted_summary
from foster_bond.rules.record.values import Entry, EntryKind, Kept, Person, Quote, Record, Summary

AT = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
GRACE = Person("m-1", "grace", "Grace Okafor", "foster_parent", "en", "0111", "active", AT, None, True)
RECORD = Record(
    agency="Harbor", family_id="f-1", family_ref="okafor-1", family_name="Okafor", zone="America/Denver", worker="Mina",
    opened_at=AT, closed_at=None, made_at=AT, made_by="Mina", language="en", people=(GRACE,),
)  # fmt: skip
SUMMARY = Summary(
    agency="Harbor", family_ref="okafor-1", family_name="Okafor", zone="America/Denver", made_at=AT, made_by="Mina",
    language="es", purpose="court", since=AT, until=AT,
    quotes=(Quote("Grace Okafor", AT, "Chidi was sad.", "What did they feel?", AT, guess=True),),
)  # fmt: skip


def record_with(*words: str) -> Record:
    entries = tuple(Entry(str(number), EntryKind.TEXT_IN, AT, said) for number, said in enumerate(words))
    return replace(RECORD, people=(replace(GRACE, entries=entries),))


def words_in_csv(record: Record) -> list[str]:
    return [row["words"] for row in csv.DictReader(io.StringIO(as_csv(record)))]


@given(st.lists(st.text(max_size=40), max_size=5))
def test_no_cell_of_a_spreadsheet_can_run(words: list[str]) -> None:
    for row in csv.reader(io.StringIO(as_csv(record_with(*words)))):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_plain_words_stay_as_they_were_written() -> None:
    said = ["¿Qué tal? 'bien' — \"sí\"", "two\nlines", "=1+1", "  @home"]
    assert words_in_csv(record_with(*said)) == [said[0], said[1], "'=1+1", "'@home"]
    assert [one["words"] for one in json.loads(as_json(record_with(*said)))["members"][0]["entries"]] == said


@given(st.text(max_size=60))
def test_every_sign_is_printed_or_named(text: str) -> None:
    printable(text).encode(ENCODING)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("¿Cómo está su niña? Él gritó «no» — 5 €", "¿Cómo está su niña? Él gritó «no» — 5 €"),
        ("good ❤️ 👍🏽!", "good [heavy black heart] [thumbs up sign]!"),
        ("مرحبا بك then", "[words in another script] then"),
        ("Zoë Šimić", "Zoë Šimic"),
        ("a → b\u200b", "a -> b"),
    ],
)
def test_how_signs_are_printed(written: str, printed: str) -> None:
    assert printable(written) == printed


def test_the_same_paper_is_the_same_bytes() -> None:
    record = record_with("Hello <b>& more</b>", "😀")
    assert record_pdf(record) == record_pdf(record)
    assert record_pdf(record).startswith(b"%PDF") and record_pdf(replace(record, worker="Tom")) != record_pdf(record)


@given(st.sampled_from(["José", "the blue school", "O'Neil", "Ñandú"]), st.text(alphabet="aáeñ .,-", max_size=12))
def test_what_is_taken_out_cannot_be_read(secret: str, around: str) -> None:
    for said in (secret, secret.upper(), bare(secret)):
        cut = redacted(record_with(f"{around} {said} {around}"), (secret,)).people[0].entries[0].words
        assert bare(secret) not in bare(cut) and "[redacted]" in cut


def test_a_redacted_copy_names_nobody_and_leaves_the_original() -> None:
    record = record_with("Grace said Josefina met José.")
    copy = redacted(record, read_words("José\n\n José "))
    assert copy.people[0].entries[0].words == "[redacted] said Josefina met [redacted]."
    assert (copy.people[0].name, copy.people[0].phone_end, copy.family_name) == ("person-1", "", "family")
    assert record.people[0].entries[0].words == "Grace said Josefina met José."
    assert "Okafor" not in as_csv(copy) and b"Redacted" not in record_pdf(record)
    quotes = redacted_summary(SUMMARY, ("chidi",), [("Grace Okafor", "grace")]).quotes
    assert (quotes[0].who, quotes[0].words) == ("person-1", "[tachado] was sad.")


def test_words_to_take_out_are_checked() -> None:
    for typed in ("x", "y" * 81, "\n".join(str(one) * 3 for one in range(201))):
        with pytest.raises(InvalidInput):
            read_words(typed)


def test_words_that_are_kept_back_are_in_no_file() -> None:
    entry = Entry("1", EntryKind.TEXT_IN, AT, "", Kept.REMOVED, marks=("removed by the family",))
    record = replace(RECORD, people=(replace(GRACE, entries=(entry,)),))
    assert words_in_csv(record) == ["[removed by the person who wrote it]"]
    told = json.loads(as_json(record))["members"][0]["entries"][0]
    assert told["words_left_out"] == "removed" and "words" not in told
    assert summary_pdf(SUMMARY).startswith(b"%PDF")
