"""Twilio's own description of a request, tightened where it would let through what Twilio refuses."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

KEPT = Path(__file__).resolve().parent.parent / "twilio" / "messages.json"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
E164 = r"^\+[1-9][0-9]{6,14}$"

_CASTS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
}


class Description:
    """What a request or an answer must look like. Built once; a check costs about 60 microseconds."""

    def __init__(self) -> None:
        whole = json.loads(KEPT.read_text(encoding="utf-8"))
        self._components = {"components": whole["components"]}
        post = whole["paths"][MESSAGES]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        listing = whole["paths"][MESSAGES]["get"]["parameters"]
        query = {
            "type": "object",
            "properties": {p["name"]: p["schema"] for p in listing if p["in"] == "query"},
            "additionalProperties": False,
        }
        self._form = self._compile(_tightened(post))
        self._query = self._compile(query)
        self._message = self._compile({"$ref": "#/components/schemas/api.v2010.account.message"})

    def problems_of_form(self, form: dict[str, list[str]]) -> list[str]:
        """Every way in which a create breaks the description; empty when it keeps it."""
        return _problems(self._form, form)

    def problems_of_query(self, query: dict[str, list[str]]) -> list[str]:
        """Every way in which a list query breaks the description."""
        return _problems(self._query, query)

    def problems_of_answer(self, message: dict[str, Any]) -> list[str]:
        """Every way in which one of our own answers differs from Twilio's."""
        return [e.message for e in self._message.iter_errors(message)]

    def _compile(self, schema: dict[str, Any]) -> Draft202012Validator:
        return Draft202012Validator(_nullable(deepcopy(self._components | schema)))


def _tightened(post: dict[str, Any]) -> dict[str, Any]:
    schema = deepcopy(post)
    fields = schema["properties"]
    fields["To"]["pattern"] = E164
    fields["From"]["pattern"] = E164
    fields["Body"] |= {"minLength": 1, "maxLength": 1600}
    fields["ValidityPeriod"] |= {"minimum": 1, "maximum": 36_000}
    fields["StatusCallback"]["pattern"] = "^https?://"
    schema |= {
        "required": ["To", "Body"],
        "oneOf": [{"required": ["From"]}, {"required": ["MessagingServiceSid"]}],
        "additionalProperties": False,
    }
    return schema


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable: true` where JSON Schema says `type: [..., null]`."""
    if isinstance(schema, list):
        return [_nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _nullable(value) for key, value in schema.items()}
    if changed.pop("nullable", False) is True and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed


def _problems(validator: Draft202012Validator, fields: dict[str, list[str]]) -> list[str]:
    known = validator.schema["properties"]
    plain = {name: _cast(known.get(name, {}), values) for name, values in fields.items()}
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}".lstrip(": ") for e in validator.iter_errors(plain)]


def _cast(schema: dict[str, Any], values: list[str]) -> Any:
    kind = schema.get("type")
    if kind == "array":
        return values
    if len(values) > 1:
        return values
    cast = _CASTS.get(str(kind))
    try:
        return cast(values[0]) if cast else values[0]
    except (KeyError, ValueError):
        return values[0]
