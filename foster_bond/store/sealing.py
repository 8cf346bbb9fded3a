"""Store: sealing at rest. AES-256-GCM, a data key per family and per agency, wrapped by a ring of master keys.

Associated data binds table, column and row, so that a ciphertext moved to another place is refused.
"""

import hashlib
import hmac
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, func, select
from sqlmodel import Field, Session, SQLModel, col

from foster_bond.errors import FosterBondError, SetupWrong
from foster_bond.store.base import Instant, Owned, link, own_key
from foster_bond.store.ids import new_id
from foster_bond.store.prepared import Prepared

FORMAT = b"\x01"
NONCE = 12  # bytes; random, a fresh one for every value (NIST SP 800-38D)
HEAD = len(FORMAT) + 16 + NONCE
CACHED_KEYS = 20_000  # 32 bytes each: under 10 MB with Python's overhead


class SealBroken(FosterBondError):
    """A sealed value does not open here: moved from another row, altered, or its key is gone."""


class DataKey(Owned, table=True):
    """One data key: a family's, or (family_id empty) the agency's own for what has no family yet."""

    __tablename__ = "data_keys"
    __table_args__ = own_key(link("family_id", "families"))
    family_id: str | None = Field(default=None, max_length=36, index=True)
    master_key_id: str = Field(max_length=8, index=True)
    wrapped: bytes


_KEY = Prepared(
    select(col(DataKey.master_key_id), col(DataKey.wrapped), col(DataKey.agency_id), col(DataKey.family_id)).where(
        col(DataKey.id) == bindparam("key")
    )
)
_KEY_OF = Prepared(
    select(col(DataKey.id))
    .where(
        col(DataKey.agency_id) == bindparam("agency"),
        col(DataKey.family_id).is_not_distinct_from(bindparam("family")),
    )
    .limit(1)
)


class Installation(SQLModel, table=True):
    """One row: proof that the keys at start are the keys that sealed this database, and its fencing id."""

    __tablename__ = "installation"
    id: int = Field(default=1, primary_key=True)
    fence_id: str = Field(max_length=36)
    index_check: str = Field(max_length=64)
    mode: str = Field(default="live", max_length=20)  # live | recovery: a restored copy sends nothing yet
    home: str | None = Field(default=None, max_length=80)  # where this database lives: a copy of it lives elsewhere
    copied_from: Instant | None = None  # the moment of the backup that a restored copy was made from


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands: the associated data."""

    table: str
    column: str
    row: str

    def bound(self) -> bytes:
        return f"{self.table}.{self.column}:{self.row}".encode()


def master_key_id(key: bytes) -> str:
    """First 8 hex digits of the key's SHA-256 (contract.md)."""
    return hashlib.sha256(key).hexdigest()[:8]


@lru_cache(maxsize=CACHED_KEYS)
def _sixteen_bytes(key_row: str) -> bytes:
    """The id of a data key as it stands in what it sealed."""
    return UUID(key_row).bytes


@lru_cache(maxsize=CACHED_KEYS)
def _key_row(sixteen_bytes: bytes) -> str:
    return str(UUID(bytes=sixteen_bytes))


class Vault:
    """Seals and opens with the keys of this installation; data keys are unwrapped once and remembered."""

    def __init__(self, master_keys: tuple[bytes, ...], index_key: bytes) -> None:
        self._ring = {master_key_id(key): AESGCM(key) for key in master_keys}
        self._first = master_key_id(master_keys[0])
        self._index_key = index_key
        self._open_keys: dict[str, AESGCM] = {}
        self._ids: dict[tuple[str, str | None], str] = {}
        self._lock = threading.Lock()

    @property
    def first_key_id(self) -> str:
        """The id of the master key that seals from now on."""
        return self._first

    def blind_index(self, agency_id: str, number: str) -> str:
        """The look-up key of a phone number inside one agency: equal numbers, equal keys; never the number."""
        return self._keyed(f"number|{agency_id}|{number}")

    def sender_index(self, number: str) -> str:
        """The look-up key of an agency's own sender number, over all agencies."""
        return self._keyed(f"sender|{number}")

    def name_index(self, agency_id: str, *words: str) -> str:
        """A stable key for a name that has no reference of its own, such as a family of an imported file."""
        return self._keyed("|".join(("name", agency_id, *words)))

    def attempt_index(self, kind: str, who: str) -> str:
        """The key under which sign-ins of an account or a source are counted: never the address itself."""
        return self._keyed(f"attempt|{kind}|{who}")

    def index_check(self) -> str:
        return self._keyed("foster-bond index check")

    def _keyed(self, text: str) -> str:
        return hmac.digest(self._index_key, text.encode(), "sha256").hex()[:32]

    def new_key(self, session: Session, agency_id: str, family_id: str | None = None) -> DataKey:
        """A fresh data key, wrapped by the first master key and added to the session."""
        row = DataKey(id=new_id(), agency_id=agency_id, family_id=family_id, master_key_id=self._first, wrapped=b"")
        raw = AESGCM.generate_key(bit_length=256)
        row.wrapped = self._wrap(raw, row.id, self._first)
        session.add(row)
        session.flush()
        return row

    def _wrap(self, raw: bytes, key_row: str, master: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._ring[master].encrypt(nonce, raw, Place("data_keys", "wrapped", key_row).bound())

    def rewrap(self, row: DataKey) -> bool:
        """Wrap a data key under the first master key; False where it already is."""
        if row.master_key_id == self._first:
            return False
        raw = self._unwrap(row.id, row.master_key_id, row.wrapped)
        row.wrapped, row.master_key_id = self._wrap(raw, row.id, self._first), self._first
        return True

    def _unwrap(self, key_row: str, master: str, wrapped: bytes) -> bytes:
        if master not in self._ring:
            raise SetupWrong((f"FOSTER_BOND_MASTER_KEYS lacks the key {master}, which sealed this database.",))
        try:
            return self._ring[master].decrypt(
                wrapped[:NONCE], wrapped[NONCE:], Place("data_keys", "wrapped", key_row).bound()
            )
        except InvalidTag as broken:
            raise SealBroken("A data key does not open with its master key.") from broken

    def _key_id(self, session: Session, agency_id: str, family_id: str | None) -> str:
        found = self._ids.get((agency_id, family_id))
        if found is None:
            session.flush()
            rows = _KEY_OF.rows(session, {"agency": agency_id, "family": family_id})
            if not rows:
                raise SealBroken("This family's key has been destroyed.")
            found = str(rows[0][0])
            self._remember(session, found)
            self._ids[agency_id, family_id] = found
        return found

    def _remember(self, session: Session, key_row: str) -> AESGCM:
        known = self._open_keys.get(key_row)
        if known is not None:
            return known
        session.flush()
        rows = _KEY.rows(session, {"key": key_row})
        if not rows:
            raise SealBroken("The key of this value has been destroyed.")
        ((master, wrapped, agency_id, family_id),) = rows
        cipher = AESGCM(self._unwrap(key_row, master, wrapped))
        with self._lock:
            if len(self._open_keys) >= CACHED_KEYS:
                self._open_keys.clear()
                self._ids.clear()
            self._open_keys[key_row] = cipher
            self._ids.setdefault((agency_id, family_id), key_row)  # whoever opens a family's words mostly seals some
        return cipher

    def forget(self) -> None:
        """Drop every remembered key, as after an erasure or a rotation."""
        with self._lock:
            self._open_keys.clear()
            self._ids.clear()

    def warm(self, session: Session, key_rows: list[str]) -> None:
        """Unwrap many data keys in one read, so that a page of many families costs one query."""
        missing = [key for key in key_rows if key not in self._open_keys]
        if not missing:
            return
        rows = session.execute(
            select(col(DataKey.id), col(DataKey.master_key_id), col(DataKey.wrapped)).where(
                col(DataKey.id).in_(missing)
            )
        ).all()
        for key_row, master, wrapped in rows:
            self._open_keys[key_row] = AESGCM(self._unwrap(key_row, master, wrapped))

    def warm_families(self, session: Session, agency_id: str, family_ids: list[str]) -> None:
        """Unwrap the keys of these families in one read."""
        missing = [family for family in family_ids if (agency_id, family) not in self._ids]
        if not missing:
            return
        rows = session.execute(
            select(col(DataKey.id), col(DataKey.family_id), col(DataKey.master_key_id), col(DataKey.wrapped)).where(
                col(DataKey.agency_id) == agency_id, col(DataKey.family_id).in_(missing)
            )
        ).all()
        for key_row, family_id, master, wrapped in rows:
            self._open_keys[key_row] = AESGCM(self._unwrap(key_row, master, wrapped))
            self._ids[agency_id, family_id] = key_row

    def seal(self, session: Session, text: str, place: Place, *, agency_id: str, family_id: str | None) -> bytes:
        """The text under the family's key (or the agency's), bound to its place."""
        key_row = self._key_id(session, agency_id, family_id)
        cipher = self._open_keys.get(key_row) or self._remember(session, key_row)
        nonce = os.urandom(NONCE)
        head = FORMAT + _sixteen_bytes(key_row) + nonce
        return head + cipher.encrypt(nonce, text.encode("utf-8", "surrogatepass"), place.bound())

    def open(self, session: Session, sealed: bytes, place: Place) -> str:
        """The text that was sealed at this place. Raises: SealBroken where it was sealed elsewhere or altered."""
        if sealed[:1] != FORMAT or len(sealed) < HEAD:
            raise SealBroken("Not a sealed value of this format.")
        cipher = self._remember(session, _key_row(sealed[1:17]))
        try:
            return cipher.decrypt(sealed[17:HEAD], sealed[HEAD:], place.bound()).decode("utf-8", "surrogatepass")
        except InvalidTag as broken:
            raise SealBroken(f"A sealed value in {place.table}.{place.column} was moved or altered.") from broken

    def opener(self, session: Session, table: str, column: str) -> Callable[[str, bytes], str]:
        """What opens many values of one column by their rows' ids; one that does not open gives no words.

        For a search: ten thousand values in the time that a page takes.
        """
        place, keys = f"{table}.{column}:".encode(), self._open_keys

        def opened(row: str, sealed: bytes) -> str:
            key_row = _key_row(sealed[1:17])
            try:
                cipher = keys.get(key_row) or self._remember(session, key_row)
                words = cipher.decrypt(sealed[17:HEAD], sealed[HEAD:], place + row.encode())
            except (InvalidTag, SealBroken):
                return ""
            return words.decode("utf-8", "surrogatepass")

        return opened

    def open_note(self, session: Session, sealed: bytes | None, place: Place) -> str:
        """The same of words that may never have been written, or whose family has been erased: then empty."""
        try:
            return "" if sealed is None else self.open(session, sealed, place)
        except SealBroken:
            return ""

    def check(self, session: Session) -> None:
        """Nothing, where these keys belong to this database. Raises: SetupWrong, and writes nothing."""
        row = session.get(Installation, 1)
        if row is None:
            return
        problems = []
        if not hmac.compare_digest(row.index_check, self.index_check()):
            problems.append("FOSTER_BOND_INDEX_KEY is not the key that this database was made with.")
        used = set(session.execute(select(col(DataKey.master_key_id)).distinct()).scalars())
        problems += [
            f"FOSTER_BOND_MASTER_KEYS lacks the key {key}, which sealed this database."
            for key in sorted(used - self._ring.keys())
        ]
        if problems:
            raise SetupWrong(tuple(problems))

    def adopt(self, session: Session) -> None:
        """Write the installation row of a new database, once."""
        if session.get(Installation, 1) is None:
            session.add(Installation(id=1, fence_id=new_id(), index_check=self.index_check()))
            session.flush()


def count_older(session: Session, vault: Vault) -> int:
    """How many data keys are wrapped by another master key than the first."""
    query = select(func.count()).where(col(DataKey.master_key_id) != vault.first_key_id)
    return int(session.execute(query).scalar_one())


def wrapped_by_older(session: Session, vault: Vault, limit: int) -> list[DataKey]:
    """Some of those keys, held until this transaction ends; another rotation takes others."""
    query = select(DataKey).where(col(DataKey.master_key_id) != vault.first_key_id).order_by(col(DataKey.id))
    return list(session.execute(query.limit(limit).with_for_update(skip_locked=True)).scalars())
