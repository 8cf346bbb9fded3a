"""Family → file: the record as it stands, whole or of those who are named; that it left is on the record, too."""

from collections.abc import Sequence
from datetime import datetime

from foster_bond.errors import InvalidInput
from foster_bond.rules.access import Viewer
from foster_bond.rules.record import paper
from foster_bond.rules.record.as_files import as_csv, as_json
from foster_bond.rules.record.redacting import redacted
from foster_bond.rules.record.values import Record
from foster_bond.steps.reading._exporting import MEDIA, TOOK_OUT, Exported, digest, file_name, record_of
from foster_bond.store import agencies, audit, exports, families
from foster_bond.store.open_store import Store

__all__ = ["Exported", "export_family", "find_family"]


def find_family(store: Store, viewer: Viewer, ref_or_id: str) -> str:
    """The id of a family that the viewer holds, by its reference or its id. Raises: InvalidInput."""
    with store.read() as session:
        family = families.by_ref(session, viewer.agency_id, ref_or_id)
        known = families.which_held(session, viewer, [ref_or_id if family is None else family.id])
    if not known:
        raise InvalidInput(f'There is no family "{ref_or_id[:80]}" here: give its reference or its id.')
    return known.pop()


def export_family(
    store: Store, viewer: Viewer, family_id: str, now: datetime, *, form: str, members: Sequence[str] = (),
    take_out: Sequence[str] | None = None,
) -> Exported:  # fmt: skip
    """The record of a family that the viewer holds, as a file. A teen's own words are in it only where they are named.

    `members`: references of those it is about; none: everybody. `take_out`: a copy without these words and without
    names; None: the record as it is. Raises: NotYours, InvalidInput.
    """
    if form not in exports.FORMATS:
        raise InvalidInput(f"A record is made as {', '.join(exports.FORMATS)}.")
    with store.write() as session:
        family = families.held(session, viewer, family_id)
        store.vault.warm_families(session, viewer.agency_id, [family.id])
        record = record_of(session, store, viewer, family, now, members)
        country = agencies.by_id(session, viewer.agency_id).country
        content = _made(record, form, country)
        original = None
        if take_out is not None:
            original, content = content, _made(redacted(record, take_out), form, country)
        exports.add(
            session, agency_id=viewer.agency_id, family_id=family.id, by_id=viewer.by, at=now, kind="record", form=form,
            member_ids=[one.id for one in record.people if one.words_in], digest=digest(content),
            original_digest=None if original is None else digest(original),
        )  # fmt: skip
        detail = f"{form}{', redacted' if take_out is not None else ''}, {_of_whom(record)}, {digest(content)}"
        audit.write(
            session, viewer.agency_id, TOOK_OUT, now, staff_id=viewer.by, subject=("family", family.id),
            detail=detail[:300],
        )  # fmt: skip
        return Exported(file_name(family, "record", now, form, redacted=take_out is not None), MEDIA[form], content)


def _made(record: Record, form: str, country: str) -> bytes:
    if form == "pdf":
        return paper.record_pdf(record, country=country)
    return (as_csv(record) if form == "csv" else as_json(record) + "\n").encode()


def _of_whom(record: Record) -> str:
    return "everybody" if record.whole else "of " + ", ".join(one.ref for one in record.people)
