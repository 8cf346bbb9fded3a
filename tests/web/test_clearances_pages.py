"""What a named worker confirms about a birth parent or a teen: on the person's page, and by the families file."""

import csv
import io

from flask import Flask
from sqlalchemy import select

from foster_bond.rules.clearances import NEEDED, Clearance, missing
from foster_bond.runtime import Runtime
from foster_bond.steps.keeping.clear_member import take_back_clearance
from foster_bond.steps.keeping.import_families import import_families
from foster_bond.store.audit import AuditEvent
from foster_bond.store.clearances import MemberClearance
from foster_bond.store.families import Member
from tests.cast import MONDAY, Cast
from tests.web.test_family_pages import signed_in


def test_nobody_else_needs_anything() -> None:
    assert missing("foster_parent", ()) == () and missing("birth_parent", ()) == (Clearance.CONTACT,)
    assert missing("teen", ("custody", "assent")) == (Clearance.WHO_READS,)
    assert {one for needed in NEEDED.values() for one in needed} == set(Clearance)


def test_a_worker_confirms_by_name_and_takes_it_back(app: Flask, cast: Cast, runtime: Runtime) -> None:
    ben = cast.harbor.home.members["Ben"]
    page = f"/people/members/{ben}"
    mina = signed_in(app, cast, "mina")
    assert "Before anybody asks them" not in mina.get(page).text
    with runtime.store.write() as session:
        session.get(Member, ben).role = "teen"  # type: ignore[union-attr]  # he is there
    shown = mina.get(page).text
    assert shown.count("not confirmed") == 3 and "staff must act on danger" in shown
    mina.post(f"{page}/clearances", {"kind": ["custody", "assent", "who_reads"], "on": "2126-01-01"})
    assert "tick what holds" in mina.get(page).text  # the day lies ahead
    assert mina.post(
        f"{page}/clearances", {"kind": ["custody", "assent", "who_reads"], "on": "2026-10-30"}
    ).status_code == 303  # fmt: skip
    assert "Mina Vale, for 2026-10-30" in mina.get(page).text
    with runtime.store.read() as session:
        assert session.get(Member, ben).cleared_at is not None  # type: ignore[union-attr]  # he is there
    assert mina.post(f"{page}/clearances/assent/take-back", {}).status_code == 303
    assert mina.post(f"{page}/clearances/assent/take-back", {}).status_code == 404
    with runtime.store.read() as session:
        assert session.get(Member, ben).cleared_at is None  # type: ignore[union-attr]  # he is there
        acts = [row.act for row in session.execute(select(AuditEvent)).scalars() if row.act.startswith("clearance")]
    assert sorted(acts) == ["clearance_confirmed", "clearance_taken_back"]


def test_the_families_file_brings_it_in_their_workers_name(cast: Cast, runtime: Runtime) -> None:
    rows = [
        {"member": "Kai", "role": "teen", "phone": "303-555-0141", "age_band": "13-17", "guardian_consent": "court",
         "guardian_date": "2026-09-01", "assent_date": "2026-09-02"},
        {"member": "Lu", "role": "teen", "phone": "303-555-0142", "age_band": "13-17", "guardian_consent": "court",
         "guardian_date": "2026-09-01"},
        {"member": "Ana", "role": "birth_parent", "phone": "303-555-0143", "contact_date": "2026-09-03"},
    ]  # fmt: skip
    mina = cast.harbor.people["Mina"]
    shared = {"family": "Lind", "zone": "America/Denver", "language": "en", "consent": "recorded",
              "consent_wording": "Form 3", "consent_date": "2026-09-05", "caseworker_email": mina.email}  # fmt: skip
    out = io.StringIO()
    writer = csv.DictWriter(out, sorted({name for row in rows for name in row} | set(shared)), restval="")
    writer.writeheader()
    writer.writerows([row | shared for row in rows])
    import_families(
        runtime.store, viewer=cast.harbor.people["Ada"].viewer, content=out.getvalue().encode(), now=MONDAY
    )  # fmt: skip
    with runtime.store.read() as session:
        found = {row.phone: row for row in session.execute(select(Member)).scalars() if row.role in NEEDED}
        cleared = sorted((row.role, row.cleared_at is not None) for row in found.values())
        by = {row.confirmed_by for row in session.execute(select(MemberClearance)).scalars()}
    assert cleared == [("birth_parent", True), ("teen", False), ("teen", True)] and by == {mina.staff_id}


def test_an_old_file_does_not_undo_what_a_worker_took_back(cast: Cast, runtime: Runtime) -> None:
    mina, ada = cast.harbor.people["Mina"], cast.harbor.people["Ada"].viewer
    row = {
        "family": "Lind", "member": "Ana", "role": "birth_parent", "phone": "303-555-0143", "zone": "America/Denver",
        "language": "en", "consent": "recorded", "consent_wording": "Form 3", "consent_date": "2026-09-05",
        "caseworker_email": mina.email,
    }  # fmt: skip
    stands = []
    for step, day in enumerate(("2026-09-03", "2026-09-03", "2026-10-01")):
        content = "\n".join((",".join([*row, "contact_date"]), ",".join([*row.values(), day]))).encode()
        import_families(runtime.store, viewer=ada, content=content, now=MONDAY)
        with runtime.store.read() as session:
            ana = session.execute(select(Member).where(Member.role == "birth_parent")).scalar_one()
        stands.append(ana.cleared_at is not None)
        if step == 0:
            take_back_clearance(runtime.store, mina.viewer, ana.id, "contact", MONDAY)
    assert stands == [True, False, True]
