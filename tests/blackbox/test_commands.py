"""What is typed at a terminal: it is done whole or refused in plain lines, and a refusal has changed nothing."""

import base64
import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from tests.blackbox.conftest import ENGINES, SQLITE_FIRST
from tests.blackbox.driver import PASSWORD, Product, instant
from tests.blackbox.harbor import (
    ELSEWHERE,
    FAMILIES,
    PACK,
    START,
    TOM_PHONE,
    setup_words,
)

Blank = Callable[..., Product]
Harbor = Callable[[str, str], Product]
OTHER_KEY = base64.urlsafe_b64encode(b"some other key, also 32 bytes ..").decode()


def fingerprint(product: Product) -> str:
    """What the whole database says; the same before and after what changed nothing."""
    names = product.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        if product.is_sqlite
        else "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )
    found = [(row["name"], sorted(map(repr, product.rows(f'SELECT * FROM "{row["name"]}"')))) for row in names]
    return hashlib.sha256(repr(found).encode()).hexdigest()


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_an_agency_is_set_up_once_under_its_slug_and_another_slug_makes_another(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "simulated")
    before = fingerprint(product)
    again = product.refuses(*setup_words(sender=ELSEWHERE))
    assert len(again) == 1 and "harbor" in again[0]
    assert fingerprint(product) == before
    said = product.does(*setup_words("elsewhere", "Elsewhere", ELSEWHERE))
    assert PASSWORD not in said.out + said.err
    agencies = product.rows("SELECT id, slug FROM v_agency ORDER BY slug")
    assert [row["slug"] for row in agencies] == ["elsewhere", "harbor"]
    assert product.refuses(
        "add-staff", "--agency", "nowhere", "--email", "x@y.example", "--name", "X", "--role", "lead"
    )


def test_on_sqlite_setup_makes_the_keys_and_a_second_start_finds_them(blank: Blank) -> None:
    product = blank("sqlite")
    for name in ("FOSTER_BOND_SECRET_KEY", "FOSTER_BOND_MASTER_KEYS", "FOSTER_BOND_INDEX_KEY"):
        del product.settings[name]
    del product.settings["FOSTER_BOND_DATABASE_URL"]
    lines = product.refuses("migrate")
    assert all(any(name in line for line in lines) for name in ("SECRET_KEY", "MASTER_KEYS", "INDEX_KEY")), lines
    product.file("password", PASSWORD)
    product.does(*setup_words())
    instance = product.folder / "instance"
    keys = [path for path in instance.iterdir() if path.suffix not in (".db",) and "db" not in path.name]
    assert len(keys) == 3 and all(path.stat().st_mode & 0o777 == 0o600 for path in keys)
    assert (instance / "foster_bond.db").is_file()
    written = {path: path.read_bytes() for path in keys}
    product.does("add-staff", "--agency", "harbor", "--email", "a@b.example", "--name", "A", "--role", "admin")
    assert {path: path.read_bytes() for path in keys} == written


def test_every_setting_that_is_off_is_named_at_once_and_no_value_is_shown(blank: Blank) -> None:
    product = blank("sqlite")
    off = {
        "FOSTER_BOND_DATABASE_URL": "mysql://somewhere/else",
        "FOSTER_BOND_SECRET_KEY": "too short a secret",
        "FOSTER_BOND_MASTER_KEYS": "not-base-64-at-all!",
        "FOSTER_BOND_PUBLIC_URL": "http://far.example",
        "FOSTER_BOND_PROXY_HOPS": "several",
        "FOSTER_BOND_CARRIER": "pigeon",
        "FOSTER_BOND_SENDERS": "none-of-them",
        "FOSTER_BOND_SECOND_FACTOR": "perhaps",
    }
    lines = product.refuses("migrate", env=product.env | off)
    text = "\n".join(lines)
    assert all(name in text for name in off), text
    assert not [value for value in off.values() if value in text]


def test_twilio_without_credentials_and_a_clock_file_against_twilio_itself_are_refused(blank: Blank) -> None:
    product = blank("sqlite")
    product.change(FOSTER_BOND_CARRIER="twilio", TWILIO_AUTH_TOKEN="")
    text = "\n".join(product.refuses("migrate"))
    names = ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_MESSAGING_SERVICE_SID", "FOSTER_BOND_CLOCK_FILE"]
    assert all(name in text for name in names), text
    text = "\n".join(
        product.refuses(
            "migrate",
            env=product.env | {"FOSTER_BOND_LOOKUP_GRACE_SECONDS": "5", "FOSTER_BOND_SEND_LEASE_SECONDS": "5"},
        )
    )
    assert "FOSTER_BOND_LOOKUP_GRACE_SECONDS" in text and "FOSTER_BOND_SEND_LEASE_SECONDS" in text


def test_settings_are_read_from_a_file_and_the_clock_has_a_second_name(harbor: Harbor) -> None:
    product = harbor("sqlite", "simulated")
    written = "".join(f"{name}={value}\n" for name, value in product.settings.items())
    product.file(".env", written)
    bare = {name: value for name, value in product.env.items() if name not in product.settings}
    words = [sys.executable, "-m", "jobs", "--once"]
    done = subprocess.run(words, cwd=product.folder, env=bare, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) >= {"plan", "fill", "send"}
    assert product.refuses("audit", "verify", env=bare | {"FOSTER_BOND_SECRET_KEY": "short"})  # the environment wins


def test_the_database_and_its_folder_are_made_where_there_are_none(blank: Blank) -> None:
    product = blank("sqlite")
    product.change(FOSTER_BOND_DATABASE_URL="sqlite:///instance/deeper/foster_bond.db")
    product.does("migrate")
    assert (product.folder / "instance" / "deeper" / "foster_bond.db").is_file()
    (product.folder / "a-file").write_text("in the way", encoding="utf-8")
    product.change(FOSTER_BOND_DATABASE_URL="sqlite:///a-file/foster_bond.db")
    refused = product.run("migrate")
    assert refused.code == 1 and len(refused.lines) == 1 and "a-file" in refused.err


@pytest.mark.postgres
def test_postgresql_needs_its_keys_from_the_environment(blank: Blank) -> None:
    product = blank("postgresql")
    del product.settings["FOSTER_BOND_MASTER_KEYS"], product.settings["FOSTER_BOND_INDEX_KEY"]
    product.file("password", PASSWORD)
    text = "\n".join(product.refuses(*setup_words()))
    assert "FOSTER_BOND_MASTER_KEYS" in text and "FOSTER_BOND_INDEX_KEY" in text
    assert not (product.folder / "instance").exists()


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_a_wrong_key_refuses_to_start_and_overwrites_nothing(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "simulated")
    before = fingerprint(product)
    tried = {
        "FOSTER_BOND_MASTER_KEYS": ("web", "--port", str(product.port)),
        "FOSTER_BOND_INDEX_KEY": ("clock", "--once"),
    }
    for name, words in tried.items():
        lines = product.refuses(*words, env=product.env | {name: OTHER_KEY})
        assert OTHER_KEY not in "\n".join(lines)
    assert fingerprint(product) == before
    both = product.settings["FOSTER_BOND_MASTER_KEYS"] + "," + OTHER_KEY
    assert product.run("migrate", env=product.env | {"FOSTER_BOND_MASTER_KEYS": both}).code == 0


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_no_command_starts_under_a_wrong_key(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "simulated")
    before = fingerprint(product)
    commands = (
        ("migrate",), ("clock", "--once"), ("web", "--port", str(product.port)), ("serve", "--port", str(product.port)),
        ("audit", "verify"), ("plan", "--agency", "harbor", "--json"), ("save-pack", "--agency", "harbor"),
    )  # fmt: skip
    for name in ("FOSTER_BOND_MASTER_KEYS", "FOSTER_BOND_INDEX_KEY"):
        for words in commands:
            assert product.refuses(*words, env=product.env | {name: OTHER_KEY})
    assert fingerprint(product) == before


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_three_bad_rows_of_five_hundred_are_named_and_none_is_imported(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "simulated")
    header = "family,zone,member,role,phone,language,consent,caseworker_email,consent_wording,consent_date"
    row = "Home {n},America/Denver,Carer {n},foster_parent,+1720555{n:04d},en,recorded,mina@harbor.example,signed,{day}"
    rows = [row.format(n=n, day="2026-10-01") for n in range(100, 600)]
    rows[41] = rows[41].replace("America/Denver", "America/Dnever")
    rows[199] = rows[199].replace("mina@harbor.example", "nobody@harbor.example")
    rows[480] = rows[480].replace(",recorded,", ",agreed,")
    before = fingerprint(product)
    lines = product.refuses(
        "import-families", product.file("500.csv", "\n".join([header, *rows])), "--agency", "harbor"
    )
    said = {number: next((line for line in lines if f"line {number}:" in line), "") for number in (43, 201, 482)}
    assert "zone" in said[43] and "caseworker_email" in said[201] and "consent" in said[482], lines
    assert len([line for line in lines if line.startswith("line ")]) == 3
    assert fingerprint(product) == before


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_families_come_in_with_their_consent_and_come_in_again_by_their_refs(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "simulated")
    found = {row["ref"]: row for row in product.rows("SELECT * FROM v_member")}
    assert {ref: row["consent"] for ref, row in found.items()} == {
        "M-GRACE": "active", "M-BEN": "active", "M-ROSA": "active", "M-NORA": "pending", "M-KAI": "none",
    }  # fmt: skip
    kinds = [(row["kind"], row["state"]) for ref in found for row in product.outbound(ref)]
    assert sorted(kinds) == [("consent_ask", "scheduled")] + [("welcome", "scheduled")] * 6
    before = fingerprint(product)
    product.does("import-families", product.file("again.csv", FAMILIES), "--agency", "harbor", "--dry-run")
    assert fingerprint(product) == before

    renamed = FAMILIES.replace("Okafor,America/Denver,Ben", "Okafor,America/Denver,Benjamin").replace(",kiddo,", ",,")
    product.does("import-families", product.file("renamed.csv", renamed), "--agency", "harbor")
    after = {row["ref"]: row for row in product.rows("SELECT * FROM v_member")}
    assert after == found
    assert sorted((row["kind"], row["state"]) for ref in found for row in product.outbound(ref)) == sorted(kinds)


def test_a_row_that_breaks_a_rule_of_consent_or_of_teens_is_refused(harbor: Harbor) -> None:
    product = harbor("sqlite", "simulated")
    header = FAMILIES.partition("\n")[0]
    good = {
        "family": "Odd", "zone": "America/Denver", "member": "Ola", "role": "foster_parent", "phone": "+13035550171",
        "language": "en", "consent": "recorded", "consent_wording": "signed", "consent_date": "2026-10-01",
        "caseworker_email": "tom@harbor.example", "child_word": "", "tags": "", "family_ref": "F-ODD",
        "member_ref": "M-OLA", "guardian_consent": "", "guardian_date": "", "age_band": "",
    }  # fmt: skip
    bad = {
        "consent_wording": good | {"consent_wording": ""},
        "consent_date": good | {"consent": "ask", "consent_date": ""},
        "consent": good | {"consent": "yes"},
        "age_band": good | {"role": "teen", "guardian_consent": "Court", "guardian_date": "2026-09-01"},
        "guardian_consent": good | {"role": "teen", "age_band": "13-17", "guardian_date": "2026-09-01"},
        "guardian_date": good | {"role": "teen", "age_band": "13-17", "guardian_consent": "Court"},
        "role": good | {"role": "neighbour"},
        "language": good | {"language": "fr"},
        "phone": good | {"phone": "+1 303 555 0171 ext. 5"},
        "staff": good | {"phone": TOM_PHONE},
        "family": good | {"family": ""},
        "caseworker_email": good | {"caseworker_email": "no address"},
    }
    names = header.split(",")
    rows = [",".join(row[name] for name in names) for row in bad.values()]
    lines = product.refuses(
        "import-families", product.file("bad.csv", "\n".join([header, *rows])), "--agency", "harbor"
    )
    for number, name in enumerate(bad, start=2):
        assert any(line.startswith(f"line {number}:") and name in line for line in lines), (name, lines)
    shuffled = [*names[5:], *names[:5]]
    row = ",".join((good | {"family_ref": "", "member_ref": ""})[name] for name in shuffled)
    product.does("import-families", product.file("good.csv", ",".join(shuffled) + "\n" + row), "--agency", "harbor")
    assert len(product.rows("SELECT id FROM v_member")) == 6


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_a_pack_takes_force_before_or_after_the_families_come_in(blank: Blank, engine: str) -> None:
    product = blank(engine)
    product.go_to(START)
    product.file("password", PASSWORD)
    product.does(*setup_words())
    for first, role in (("mina", "caseworker"), ("tom", "supervisor")):
        words = ["--email", f"{first}@harbor.example", "--name", first.title(), "--role", role]
        product.does("add-staff", "--agency", "harbor", *words, "--password-file", "password")
    pack, families = product.file("pack.toml", PACK), product.file("families.csv", FAMILIES)
    before = fingerprint(product)
    product.does("load", pack, "--agency", "harbor", "--dry-run")
    assert fingerprint(product) == before

    product.does("load", pack, "--agency", "harbor", "--draft")
    product.does("import-families", families, "--agency", "harbor")
    assert product.rows("SELECT id FROM v_enrolment") == []
    product.does("load", pack, "--agency", "harbor")
    enrolled = product.rows("SELECT m.ref, e.* FROM v_enrolment e JOIN v_member m ON m.id = e.member_id")
    assert sorted(row["ref"] for row in enrolled) == ["M-BEN", "M-GRACE", "M-NORA", "M-ROSA"]
    assert {row["state"] for row in enrolled} == {"active"}
    due = {row["ref"]: instant(row["next_due_at"]) for row in enrolled}
    assert due["M-ROSA"] == datetime(2026, 10, 26, 23, 0, tzinfo=UTC)  # 19:00 in New York, the same day
    assert due["M-GRACE"] == datetime(2026, 10, 27, 1, 0, tzinfo=UTC)
    assert product.refuses("load", product.file("bad.toml", PACK.replace('"BB6"]', '"BB9"]')), "--agency", "harbor")


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_the_plan_says_what_goes_to_whom_at_the_right_local_hour(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "simulated")
    said = product.does("plan", "--agency", "harbor", "--weeks", "2", "--json").json
    slots = {(row["member_ref"], row["local_date"]): row for row in said}
    due = {key: datetime.fromisoformat(row["due_at"]) for key, row in slots.items()}
    assert due["M-GRACE", "2026-10-26"] == datetime(2026, 10, 27, 1, 0, tzinfo=UTC)  # the day of loading
    assert due["M-GRACE", "2026-10-31"] == datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
    assert due["M-GRACE", "2026-11-01"] == datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # the clocks went back that night
    assert due["M-ROSA", "2026-10-26"] == datetime(2026, 10, 26, 23, 0, tzinfo=UTC)
    assert due["M-ROSA", "2026-11-01"] == datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
    assert slots["M-ROSA", "2026-11-01"]["zone"] == "America/New_York"
    first = [slots["M-GRACE", f"2026-10-{day}"] for day in (26, 27, 28, 29, 30)]
    assert [(row["state"], row["prompt_id"]) for row in first[:4]] == [
        ("planned", "BB1"), ("planned", "BB2"), ("planned", "BB3"), ("planned", "BB4"),
    ]  # fmt: skip
    assert first[0]["text"] == "What was one good minute with kiddo today?"
    assert first[4]["state"] == "held" and "seven days" in first[4]["why"]  # the cap of four
    assert all(row["why"] for row in said)
    one = product.does("plan", "--agency", "harbor", "--family", "F-REYES", "--json").json
    assert {row["member_ref"] for row in one} == {"M-ROSA"}
    assert product.refuses("plan", "--agency", "harbor", "--family", "F-NOBODY", "--json")


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_a_saved_pack_loads_again_as_it_was_and_elsewhere(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "simulated")
    saved = product.does("save-pack", "--agency", "harbor").out
    pack = tomllib.loads(saved)
    assert {"BB1", "BB6"} <= {prompt["id"] for prompt in pack["prompts"]}
    assert next(one for one in pack["schedules"] if one["id"] == "bb-daily")["at"] in ("19:00", "19:00:00")
    before = product.rows("SELECT * FROM v_enrolment ORDER BY id")
    product.does("load", product.file("saved.toml", saved), "--agency", "harbor")
    assert product.rows("SELECT * FROM v_enrolment ORDER BY id") == before
    assert product.does("save-pack", "--agency", "harbor").out == saved
    product.does(*setup_words("elsewhere", "Elsewhere", ELSEWHERE))
    product.does("load", product.file("saved.toml", saved), "--agency", "elsewhere")
    assert tomllib.loads(product.does("save-pack", "--agency", "elsewhere").out) == pack


@pytest.mark.parametrize("engine", SQLITE_FIRST)
def test_the_audit_is_whole_and_the_clock_tells_its_tallies(harbor: Harbor, engine: str) -> None:
    product = harbor(engine, "simulated")
    tallies = product.once()
    assert all(isinstance(tally, dict) for tally in tallies.values()) and tallies
    product.does("audit", "verify")
    chain = product.rows("SELECT * FROM v_audit ORDER BY agency_id, seq")
    assert [row["seq"] for row in chain] == list(range(1, len(chain) + 1))
    assert all(later["prev_hash"] == earlier["hash"] for earlier, later in pairwise(chain))
    assert len({row["hash"] for row in chain}) == len(chain)
    doctor = product.run("doctor")
    assert doctor.code in (0, 1) and "Traceback" not in doctor.err
    assert "database" in (doctor.out + doctor.err).lower()
