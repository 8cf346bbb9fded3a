"""An agency's prompts, programmes and schedules → a pack file that another agency can load."""

from foster_bond.errors import NotAllowed
from foster_bond.rules.access import Viewer
from foster_bond.rules.pack import Pack, PackProgramme, PackPrompt, write_pack
from foster_bond.steps.versions import words_of
from foster_bond.store import prompts
from foster_bond.store.open_store import Store
from foster_bond.store.prompts import Programme, Prompt, PromptState, ScheduleState


def save_pack(store: Store, *, viewer: Viewer) -> str:
    """What has not been retired or ended, as TOML; loading it elsewhere gives the same. Raises: NotAllowed."""
    if not viewer.runs_schedules:
        raise NotAllowed("Only a programme lead or an admin saves a pack.")
    with store.read() as session:
        own = prompts.prompts_of(session, viewer.agency_id)
        programmes = prompts.programmes_of(session, viewer.agency_id)
        schedules = prompts.schedules_of(session, viewer.agency_id)
    names = {row.id: row.key for row in programmes.values()}
    kept = {row.key for row in own.values() if row.state != PromptState.RETIRED}
    kept |= {key for programme in programmes.values() for key in programme.prompt_keys}  # else it could not be loaded
    return write_pack(
        Pack(
            prompts=tuple(_prompt(row) for key, row in sorted(own.items()) if key in kept),
            programmes=tuple(_programme(row) for _, row in sorted(programmes.items())),
            schedules=tuple(
                words_of(row, names[row.programme_id]) for row in schedules if row.state != ScheduleState.ENDED
            ),
        )
    )


def _prompt(row: Prompt) -> PackPrompt:
    return PackPrompt(
        row.key, row.technique, row.level, row.target, row.reply, tuple(row.roles), dict(sorted(row.texts.items()))
    )


def _programme(row: Programme) -> PackProgramme:
    return PackProgramme(row.key, row.name, row.kind, tuple(row.prompt_keys), repeats=bool(row.facts.get("repeats")))
