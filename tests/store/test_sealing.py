"""What is sealed opens at its own place, under its own keys, unaltered; anywhere else it is refused, never guessed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from foster_bond.errors import SetupWrong
from foster_bond.runtime import open_store
from foster_bond.steps.hearing.receive_text import Post, receive
from foster_bond.store.open_store import Session, Store
from foster_bond.store.sealing import HEAD, NONCE, DataKey, Place, SealBroken, Vault, count_older
from tests.cast import GRACE, HARBOR_NUMBER, IVO, MONDAY, Cast, gather, settings_for

WORDS = "The purple heron sang over Bellwether Lane at midnight."
HERE = Place("notes", "body", "row-1")


@pytest.fixture
def sealed(tmp_path: Path, sqlite_url: str) -> Iterator[tuple[Store, Cast]]:
    store = open_store(settings_for(tmp_path, sqlite_url))
    yield store, gather(store)
    store.close()


def seal(session: Session, store: Store, cast: Cast, words: str = WORDS, place: Place = HERE) -> bytes:
    house = cast.harbor
    return store.vault.seal(session, words, place, agency_id=house.agency_id, family_id=house.home.family_id)


@pytest.mark.parametrize("words", ["", "plain", "\x00", "\U0001f600" * 1600, "\ud800 alone", "x" * 64_000])
def test_any_words_come_back_as_they_were(sealed: tuple[Store, Cast], words: str) -> None:
    store, cast = sealed
    with store.read() as session:
        kept = seal(session, store, cast, words)
        assert store.vault.open(session, kept, HERE) == words
        assert kept != seal(session, store, cast, words)  # a fresh nonce: equal words do not look equal


@pytest.mark.parametrize(
    "place",
    [Place("inbound_texts", "body", "row-1"), Place("notes", "outcome", "row-1"), Place("notes", "body", "row-2"),
     Place("notes.body", "", "row-1"), Place("notes", "body", "")],
)  # fmt: skip
def test_a_value_moved_to_another_table_column_or_row_is_refused(sealed: tuple[Store, Cast], place: Place) -> None:
    store, cast = sealed
    with store.read() as session, pytest.raises(SealBroken):
        store.vault.open(session, seal(session, store, cast), place)


def test_a_value_under_another_agencys_key_is_refused(sealed: tuple[Store, Cast]) -> None:
    """Its key's name is put in the place of ours: the key exists, and still nothing opens."""
    store, cast = sealed
    with store.read() as session:
        ours = seal(session, store, cast)
        theirs = store.vault.seal(session, WORDS, HERE, agency_id=cast.elsewhere.agency_id, family_id=None)
        swapped = ours[:1] + theirs[1:17] + ours[17:]
        assert UUID(bytes=theirs[1:17]) != UUID(bytes=ours[1:17])
        with pytest.raises(SealBroken):
            store.vault.open(session, swapped, HERE)


def test_every_altered_or_cut_value_is_refused(sealed: tuple[Store, Cast]) -> None:
    store, cast = sealed
    with store.read() as session:
        kept = seal(session, store, cast)
        broken = [kept[:length] for length in (0, 1, 16, 17, HEAD - 1, HEAD, HEAD + 15, len(kept) - 1)]
        broken += [b"\x00" + kept[1:], b"\x02" + kept[1:], kept + b"\x00"]
        broken += [kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :] for at in range(17, len(kept))]
        for one in broken:
            with pytest.raises(SealBroken):
                store.vault.open(session, one, HERE)
        for at in range(1, 17):  # the key's own name: most likely no key at all
            with pytest.raises(SealBroken):
                store.vault.open(session, kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :], HERE)


def test_after_its_familys_key_is_gone_nothing_of_it_opens(sealed: tuple[Store, Cast]) -> None:
    store, cast = sealed
    with store.write() as session:
        kept = seal(session, store, cast)
        session.execute(delete(DataKey).where(col(DataKey.family_id) == cast.harbor.home.family_id))
    store.vault.forget()
    with store.read() as session:
        with pytest.raises(SealBroken):
            store.vault.open(session, kept, HERE)
        with pytest.raises(SealBroken):
            seal(session, store, cast)


def test_a_data_key_of_another_row_or_ring_does_not_unwrap(sealed: tuple[Store, Cast]) -> None:
    store, cast = sealed
    with store.write() as session:
        kept = seal(session, store, cast)
        mine, other = session.execute(select(DataKey).limit(2)).scalars().all()
        mine.wrapped, other.wrapped = other.wrapped, mine.wrapped
    store.vault.forget()
    with store.read() as session:
        for row in (mine, other):
            with pytest.raises(SealBroken):
                store.vault.warm(session, [row.id])
        with pytest.raises((SealBroken, SetupWrong)):
            Vault((b"x" * 32,), b"i" * 32).open(session, kept, HERE)


@pytest.mark.parametrize(("master", "index"), [(b"x" * 32, None), (None, b"x" * 32), (b"x" * 32, b"x" * 32)])
def test_keys_of_another_installation_are_refused_at_start(
    sealed: tuple[Store, Cast], tmp_path: Path, master: bytes | None, index: bytes | None
) -> None:
    store, _ = sealed
    right = settings_for(tmp_path, store.database.url)
    with store.write() as session:
        store.vault.adopt(session)
    wrong = Vault((master,) if master else right.master_keys, index or right.index_key)
    with store.read() as session:
        with pytest.raises(SetupWrong):
            wrong.check(session)
        store.vault.check(session)
        assert count_older(session, store.vault) == 0
    assert NONCE == 12


def test_no_word_and_no_number_lies_in_the_database_or_its_log(
    sealed: tuple[Store, Cast], capfd: pytest.CaptureFixture[str]
) -> None:
    """The file, its write-ahead log and all that was printed, after texts of every kind."""
    store, _ = sealed
    said = (WORDS, f"{WORDS} I want to die", "STOP", f'Loved "{WORDS}"')
    for number, (body, sender) in enumerate((body, sender) for body in said for sender in (GRACE, IVO, "+12025550143")):
        receive(store, Post(f"SM{number}", sender, HARBOR_NUMBER, body), MONDAY + timedelta(days=7, minutes=number))
    path = Path(store.database.url.removeprefix("sqlite:///"))
    files = [path, path.with_name(path.name + "-wal")]
    assert files[1].stat().st_size > 0
    canaries = [WORDS, "purple heron", "Bellwether", GRACE, GRACE[2:], IVO[2:], "2025550143", HARBOR_NUMBER[2:]]
    printed = "".join(capfd.readouterr())
    for canary in canaries:
        assert canary not in printed
        for file in files:
            assert canary.encode() not in file.read_bytes(), (canary, file.name)
