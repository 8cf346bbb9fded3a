"""Commands that keep a copy of an installation: backup, restore."""

from pathlib import Path

import click

from foster_bond.cli.opening import answer, counted, json_option, migrated, opened, settings_of


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def backup(folder: Path, as_json: bool) -> None:
    """Every row of one moment into a new folder, while texts go on; the keys of families lie apart in it."""
    from foster_bond.migrations import head
    from foster_bond.steps.keeping.back_up import back_up

    with opened() as runtime:
        counts = back_up(runtime.store, folder, runtime.clock.now(), head(), lambda _table: None)
    total = sum(counts.values())
    answer(
        as_json, {"rows": counts}, f"{counted(total, 'row')} of {counted(len(counts), 'table')} are in {folder}.",
        "The master keys and the index key are not in it: keep them elsewhere, or nobody can read it.",
    )  # fmt: skip


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def restore(folder: Path, as_json: bool) -> None:
    """A backup into an empty database; it sends nothing until it has caught up with the carrier."""
    from foster_bond.migrations import head
    from foster_bond.runtime import build
    from foster_bond.steps.keeping.restore import restore as put_back

    settings = settings_of()
    with migrated(settings):
        pass
    runtime = build(settings, pool_size=2)
    try:
        counts = put_back(runtime.store, folder, head(), lambda _table: None)
    finally:
        runtime.close()
    answer(
        as_json, {"rows": counts}, f"{counted(sum(counts.values()), 'row')} restored.",
        "It is in recovery: start the clock, and it sends again once it knows what happened since the backup.",
    )  # fmt: skip


COMMANDS: tuple[click.Command, ...] = (backup, restore)
