"""Web: what people type is text. A NUL is none: PostgreSQL refuses it, so the door refuses it first."""

from flask import Flask, request

from foster_bond.errors import InvalidInput, NotYours

_NUL = "\x00"


def refuse_what_is_no_text(app: Flask, *, but_not: str) -> None:
    """Refuse a NUL in an address or a field; the room `but_not` judges its own fields, since it must lose no text."""

    def look() -> None:
        if request.endpoint is None or request.blueprint == but_not:
            return
        if any(_NUL in str(value) for value in (request.view_args or {}).values()):
            raise NotYours("address")
        for fields in (request.args, request.form):
            if any(_NUL in name + value for name, value in fields.items(multi=True)):
                raise InvalidInput("A field holds a character that is no text.")

    app.before_request(look)
