"""What dry runs share: the whole act is done for real, and then taken back."""

from contextlib import AbstractContextManager, nullcontext, suppress


class Undo(Exception):
    """Raised inside a transaction when it was only to be seen what would happen; nothing of it stays."""

    @classmethod
    def of(cls, dry_run: bool) -> AbstractContextManager[None]:
        """What a dry run is wrapped in, outside its transaction."""
        return suppress(cls) if dry_run else nullcontext()
