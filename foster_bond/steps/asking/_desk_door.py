"""What the asking steps share: who may write, sign and retire at the prompt desk."""

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Viewer


def may_write(viewer: Viewer) -> None:
    """Raises: NotAllowed."""
    if not viewer.runs_schedules:
        raise NotAllowed("Only a programme lead or an admin changes prompts.")
