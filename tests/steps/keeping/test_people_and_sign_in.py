"""Who may enter: the right password, once per cookie, for as long as they work here and are active."""

from datetime import timedelta
from importlib.util import find_spec, module_from_spec

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from foster_bond.errors import Conflict, InvalidInput, NotAllowed, NotYours
from foster_bond.rules.access import Role, Viewer
from foster_bond.steps import passwords
from foster_bond.steps.keeping.add_staff import StaffAdded, add_staff, change_staff, disable_staff, enable_staff
from foster_bond.steps.keeping.hand_out_link import holder_of_link, make_link, use_link
from foster_bond.steps.keeping.import_families import import_families
from foster_bond.steps.keeping.sign_in import (
    IDLE,
    PER_ACCOUNT,
    PER_SOURCE,
    WINDOW,
    NotSignedIn,
    SignedIn,
    session_of,
    sign_in,
    sign_out,
)
from foster_bond.store import staff
from foster_bond.store.open_store import Store
from foster_bond.store.staff import SignInAttempt, Staff, StaffSession
from tests.steps.keeping.conftest import NOW, PASSWORD, set_up
from tests.steps.keeping.test_import_families import GRACE, content, row

ADA = "ada@harbor.example"
MINUTE = timedelta(minutes=1)


def mina(store: Store, viewer: Viewer, **more: str) -> StaffAdded:
    words = {"email": "mina@harbor.example", "name": "Mina Vale", "role": "caseworker", "password": PASSWORD} | more
    return add_staff(store, viewer=viewer, now=NOW, **words)  # type: ignore[arg-type]  # all of them are texts


def enter(store: Store, email: str = ADA, *, later: timedelta = timedelta(0)) -> SignedIn:
    found = sign_in(store, email=email, password=PASSWORD, source="10.0.0.1", now=NOW + later)
    assert isinstance(found, SignedIn)
    return found


def fail(store: Store, email: str = ADA, *, source: str = "10.0.0.1", later: timedelta = timedelta(0)) -> NotSignedIn:
    found = sign_in(store, email=email, password="not the password", source=source, now=NOW + later)
    assert isinstance(found, NotSignedIn)
    return found


def admin_of(store: Store, viewer: Viewer) -> str:
    with store.read() as session:
        return next(one.id for one in staff.of_agency(session, viewer.agency_id) if one.role == "admin")


def test_a_sign_in_is_a_row_and_the_cookie_holds_a_token(store: Store, harbor: Viewer) -> None:
    one, two = enter(store), enter(store)
    assert one.token != two.token
    assert session_of(store, one.token, NOW, active=True) == one.viewer
    with store.read() as session:
        kept = session.execute(select(StaffSession)).scalars().all()
    assert len(kept) == 2 and one.token not in {row.token_hash for row in kept}
    assert session_of(store, "made up", NOW, active=True) is None


def test_a_new_sign_in_ends_the_one_it_replaces(store: Store, harbor: Viewer) -> None:
    old = enter(store)
    new = sign_in(store, email=ADA, password=PASSWORD, source="10.0.0.1", now=NOW, replaces=old.token)
    assert isinstance(new, SignedIn)
    assert session_of(store, old.token, NOW, active=False) is None
    assert session_of(store, new.token, NOW, active=False) is not None


def test_idle_is_thirty_minutes_and_a_poll_is_no_activity(store: Store, harbor: Viewer) -> None:
    token = enter(store).token
    for minutes in (10, 20, 29):
        assert session_of(store, token, NOW + minutes * MINUTE, active=False) is not None
    assert session_of(store, token, NOW + IDLE, active=True) is None
    token = enter(store, later=IDLE).token
    assert session_of(store, token, NOW + IDLE + 29 * MINUTE, active=True) is not None
    assert session_of(store, token, NOW + IDLE + 58 * MINUTE, active=True) is not None


def test_sign_out_ends_it(store: Store, harbor: Viewer) -> None:
    token = enter(store).token
    sign_out(store, token=token, now=NOW)
    sign_out(store, token=token, now=NOW)
    assert session_of(store, token, NOW, active=True) is None


@pytest.mark.parametrize("email", [ADA, "nobody@harbor.example", "", "\x00", "x" * 5000])
def test_what_is_wrong_is_never_said(store: Store, harbor: Viewer, email: str) -> None:
    assert fail(store, email) == NotSignedIn(None)


def test_an_account_closes_after_too_many_failures(store: Store, harbor: Viewer) -> None:
    for _ in range(PER_ACCOUNT):
        assert fail(store).wait is None
    assert fail(store, later=5 * MINUTE).wait == WINDOW - 5 * MINUTE
    right = sign_in(store, email=ADA, password=PASSWORD, source="10.9.9.9", now=NOW + 5 * MINUTE)
    assert isinstance(right, NotSignedIn), "the right password must not be told from a wrong one now"
    for _ in range(PER_ACCOUNT):
        assert fail(store, "nobody@harbor.example").wait is None
    assert fail(store, "nobody@harbor.example").wait is not None, "an address that is none closes just the same"
    enter(store, later=WINDOW)


def test_a_source_closes_too(store: Store, harbor: Viewer) -> None:
    for n in range(PER_SOURCE):
        assert fail(store, f"somebody{n}@harbor.example", source="10.6.6.6").wait is None
    assert fail(store, source="10.6.6.6").wait is not None
    assert fail(store, source="10.0.0.1").wait is None


def test_signing_in_forgets_the_failures(store: Store, harbor: Viewer) -> None:
    for _ in range(5):
        for _ in range(PER_ACCOUNT - 1):
            assert fail(store).wait is None
        enter(store)


def test_counts_hold_no_address(store: Store, harbor: Viewer) -> None:
    fail(store)
    with store.read() as session:
        keys = session.execute(select(col(SignInAttempt.key))).scalars().all()
    assert len(keys) == 2 and not any("harbor" in key or "10.0.0.1" in key for key in keys)


def test_a_disabled_person_is_out_at_once(store: Store, harbor: Viewer) -> None:
    added = mina(store, harbor)
    token = enter(store, "mina@harbor.example").token
    assert disable_staff(store, viewer=harbor, staff_id=added.staff_id, now=NOW) == 1
    assert session_of(store, token, NOW, active=True) is None
    again = sign_in(store, email="mina@harbor.example", password=PASSWORD, source="10.0.0.1", now=NOW)
    assert again == NotSignedIn(None)
    link = enable_staff(store, viewer=harbor, staff_id=added.staff_id, now=NOW)
    use_link(store, token=link.token, password="another calm otter swims", now=NOW)
    back = sign_in(store, email="mina@harbor.example", password="another calm otter swims", source="a", now=NOW)
    assert isinstance(back, SignedIn)


def test_a_new_role_holds_from_the_next_page_on(store: Store, harbor: Viewer) -> None:
    added = mina(store, harbor)
    token = enter(store, "mina@harbor.example").token
    change_staff(store, viewer=harbor, staff_id=added.staff_id, role="supervisor", now=NOW)
    viewer = session_of(store, token, NOW, active=True)
    assert viewer is not None and viewer.role is Role.SUPERVISOR


def test_the_last_admin_stays(store: Store, harbor: Viewer) -> None:
    ada = admin_of(store, harbor)
    for act in (
        lambda: disable_staff(store, viewer=harbor, staff_id=ada, now=NOW),
        lambda: change_staff(store, viewer=harbor, staff_id=ada, role="lead", now=NOW),
    ):
        with pytest.raises(Conflict, match="last admin"):
            act()
    mina(store, harbor, role="admin")
    disable_staff(store, viewer=harbor, staff_id=ada, now=NOW)


def test_a_link_sets_a_password_once(store: Store, harbor: Viewer) -> None:
    added = add_staff(
        store, viewer=harbor, email="tom@harbor.example", name="Tom Vale", role="supervisor", now=NOW
    )  # fmt: skip
    assert added.link is not None
    assert fail(store, "tom@harbor.example") == NotSignedIn(None)
    holder = holder_of_link(store, token=added.link.token, now=NOW)
    assert holder is not None and holder.email == "tom@harbor.example"
    with pytest.raises(InvalidInput, match="at least 12"):
        use_link(store, token=added.link.token, password="short", now=NOW)
    use_link(store, token=added.link.token, password=PASSWORD, now=NOW)
    enter(store, "tom@harbor.example")
    with pytest.raises(NotYours):
        use_link(store, token=added.link.token, password=PASSWORD, now=NOW)


def test_a_link_grows_old_and_a_newer_one_takes_its_place(store: Store, harbor: Viewer) -> None:
    added = mina(store, harbor)
    first = make_link(store, viewer=harbor, staff_id=added.staff_id, now=NOW)
    second = make_link(store, viewer=harbor, staff_id=added.staff_id, now=NOW)
    assert holder_of_link(store, token=first.token, now=NOW) is None
    assert holder_of_link(store, token=second.token, now=NOW) is not None
    assert holder_of_link(store, token=second.token, now=second.until) is None


def test_a_link_used_ends_open_sign_ins(store: Store, harbor: Viewer) -> None:
    added = mina(store, harbor)
    token = enter(store, "mina@harbor.example").token
    link = make_link(store, viewer=harbor, staff_id=added.staff_id, now=NOW)
    use_link(store, token=link.token, password="another calm otter swims", now=NOW)
    assert session_of(store, token, NOW, active=True) is None


def test_a_phone_is_a_familys_or_staffs(store: Store, harbor: Viewer) -> None:
    import_families(store, viewer=harbor, content=content(row()), now=NOW)
    with pytest.raises(Conflict, match="member of a family"):
        mina(store, harbor, phone="(303) 555-0111")
    with pytest.raises(Conflict, match="own number"):
        mina(store, harbor, phone="+13035550100")
    added = mina(store, harbor, phone="+13035550199")
    with pytest.raises(Conflict, match="another member of staff"):
        mina(store, harbor, email="cal@harbor.example", phone="+13035550199")
    change_staff(store, viewer=harbor, staff_id=added.staff_id, phone="", now=NOW)
    with pytest.raises(Conflict, match="member of a family"):
        change_staff(store, viewer=harbor, staff_id=added.staff_id, phone=GRACE, now=NOW)


def test_every_wrong_word_is_named(store: Store, harbor: Viewer) -> None:
    with pytest.raises(InvalidInput) as off:
        mina(store, harbor, email="mina", name=" ", role="boss")
    assert len(off.value.problems) == 3
    with pytest.raises(Conflict, match="signs in here already"):
        mina(store, harbor, email=ADA.upper())


def test_nobody_reaches_another_agencys_people(store: Store, harbor: Viewer) -> None:
    elsewhere = set_up(store, "elsewhere")
    ada = admin_of(store, harbor)
    for act in (disable_staff, enable_staff, make_link, change_staff):
        with pytest.raises(NotYours):
            act(store, viewer=elsewhere, staff_id=ada, now=NOW)
    lead = Viewer("x", harbor.agency_id, Role.LEAD, "Lena")
    with pytest.raises(NotAllowed):
        disable_staff(store, viewer=lead, staff_id=ada, now=NOW)


def test_a_dated_hash_is_made_anew_at_sign_in(store: Store, harbor: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.read() as session:
        before = session.execute(select(col(Staff.password_hash))).scalar_one()
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    enter(store)
    with store.read() as session:
        after = session.execute(select(col(Staff.password_hash))).scalar_one()
    assert after != before and "t=2" in (after or "")
    enter(store)


def test_a_broken_hash_lets_nobody_in(store: Store, harbor: Viewer) -> None:
    with store.write() as session:
        session.execute(update(Staff).values(password_hash="not a hash"))
    assert fail(store) == NotSignedIn(None)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaaaa", "x" * 300])
def test_some_passwords_will_not_do(password: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.hash_password(password)


def test_two_keyboards_write_one_password() -> None:
    assert passwords.fits(passwords.hash_password("cafe\u0301 con leche y pan"), "caf\u00e9 con leche y pan")
    assert not passwords.fits(None, "caf\u00e9 con leche y pan")


def test_the_real_hash_is_argon2id_over_64_mib() -> None:
    spec = find_spec("foster_bond.steps.passwords")
    assert spec is not None and spec.loader is not None
    untouched = module_from_spec(spec)  # the tests' own copy hashes quickly
    spec.loader.exec_module(untouched)
    assert untouched.hash_password(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
