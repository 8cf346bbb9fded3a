"""The door for people at a terminal: the foster-bond command, and what it says when something is off."""

import sys
import traceback
from collections.abc import Sequence

import click

from foster_bond.cli import (
    agency_commands,
    backup_commands,
    care_commands,
    demo_command,
    doctor_command,
    measure_command,
    pack_commands,
    plan_command,
    record_commands,
    serve_commands,
)
from foster_bond.errors import FosterBondError, InvalidInput

DONE, FAILED, OFF = 0, 1, 2  # contract.md: 2 = the caller's words or input are off, nothing changed


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def foster_bond() -> None:
    """Reflection prompts by text message for foster families, and a timeline for their caseworker."""


ROOMS = (
    demo_command,
    serve_commands,
    agency_commands,
    pack_commands,
    plan_command,
    record_commands,
    doctor_command,
    care_commands,
    measure_command,
    backup_commands,
)
for room in ROOMS:
    for command in room.COMMANDS:
        foster_bond.add_command(command)


def main() -> None:
    """Run what was typed and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """The exit code of one command; what is off is said on stderr, one plain line each."""
    try:
        code = foster_bond.main(args=list(words), prog_name="foster-bond", standalone_mode=False)
    except click.ClickException as off:
        return _say([off.format_message()], OFF)
    except InvalidInput as off:
        return _say(off.problems, OFF)
    except FosterBondError as failed:
        return _say([str(failed)], FAILED)
    except (click.Abort, KeyboardInterrupt):
        return _say(["Stopped."], FAILED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; there is nobody to tell
        return FAILED
    except Exception as broken:  # the last door: one line instead of a page of code
        return _say([_went_away(broken) or f"It failed: {_place(broken)}."], FAILED)
    return code if isinstance(code, int) else DONE


def _say(lines: Sequence[str], code: int) -> int:
    for line in lines:
        click.echo(line, err=True)
    return code


def _went_away(broken: Exception) -> str | None:
    """What to do about a database that stopped answering halfway; None where it was something else."""
    from foster_bond.runtime import DatabaseAway

    if not isinstance(broken, DatabaseAway):
        return None
    return (
        f"The database stopped answering or has no room ({_place(broken)}): "
        "look at the server or the disk behind FOSTER_BOND_DATABASE_URL, then type this again."
    )


def _place(broken: Exception) -> str:
    """What broke and where. Never its words: a database's quote its parameters."""
    own = [frame for frame in traceback.extract_tb(broken.__traceback__) if "foster_bond" in frame.filename]
    place = f" in {own[-1].name}, line {own[-1].lineno}" if own else ""
    return f"{type(broken).__name__}{place}"
