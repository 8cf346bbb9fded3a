"""Ground: one small tree of errors; each class tells the caller what to do next."""


class FosterBondError(Exception):
    """Anything this product raises on purpose."""


class InvalidInput(FosterBondError):
    """The caller's words or input are off and nothing was changed: exit 2, or said beside the field."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems or (message,)


class Conflict(InvalidInput):
    """What was asked for clashes with what is already there: say so, change nothing (409, exit 2)."""


class SetupWrong(InvalidInput):
    """Settings, keys or schema do not fit: name every problem at once and do not start."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems), problems)


class NotYours(FosterBondError):
    """The viewer does not hold it, or it does not exist; the two look alike from outside (404)."""


class NotAllowed(FosterBondError):
    """The viewer holds it but may not do this (403)."""


class Away(FosterBondError):
    """The database does not answer: what keeps running waits for it, a command says so and ends (exit 1)."""
