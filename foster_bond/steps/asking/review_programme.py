"""A clinician's review of a programme → beside the programme: who read the whole table, with what credential, when."""

from collections.abc import Mapping
from datetime import datetime

from foster_bond.errors import Conflict, NotYours
from foster_bond.rules.access import Viewer
from foster_bond.rules.local_time import local_day
from foster_bond.rules.prompt_form import read_signature
from foster_bond.steps.asking._desk_door import may_write
from foster_bond.store import agencies, audit, prompts
from foster_bond.store.open_store import Store


def review_programme(
    store: Store, *, viewer: Viewer, programme_id: str, typed: Mapping[str, str], seen: str, now: datetime
) -> None:
    """Write the review down; a programme that changes afterwards has none again. The same form twice writes once.

    Raises: OffFields, NotAllowed, NotYours, Conflict where the programme is no longer the version that was read.
    """
    may_write(viewer)
    with store.write() as session:
        agency = agencies.lock(session, viewer.agency_id)
        found = prompts.programmes_of(session, agency.id).values()
        row = next((one for one in found if one.id == programme_id and "only" not in one.facts), None)
        if row is None:
            raise NotYours("programme")
        signature = read_signature(typed, local_day(now, agency.zone))
        said = {"name": signature.name, "credential": signature.credential, "on": signature.on.isoformat()}
        known = row.facts.get("review") or {}
        if {name: known.get(name) for name in said} == said:
            return
        if seen != str(row.version):
            raise Conflict("The programme has changed meanwhile; read it again before it is signed.")
        row.facts = row.facts | {"review": said | {"by": viewer.by, "at": now.isoformat()}}
        audit.write(
            session, agency.id, "programme_reviewed", now, staff_id=viewer.by, subject=("programme", row.id),
            detail=f"{row.key} version {row.version}, by {said['name']} ({said['credential']}) on {said['on']}"[:300],
        )  # fmt: skip
