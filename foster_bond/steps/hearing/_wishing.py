"""What the hearing steps share: what every wish may leave behind: an answer, and a task for staff."""

from foster_bond.steps.hearing._heard import Heard
from foster_bond.store import alerts

Answer = tuple[str, dict[str, str]] | None  # which fixed text, with its fills; None: no answer


def leave_task(heard: Heard, kind: str, why: str, once_key: str = "") -> None:
    """Something for a person to do about this text."""
    alerts.add_task(
        heard.session, heard.agency.id, kind, why, heard.now, once_key=once_key or f"{kind}:{heard.id}",
        inbound_id=heard.id,
        family_id=None if heard.family is None else heard.family.id,
        member_id=None if heard.member is None else heard.member.id,
    )  # fmt: skip
