"""Store: identifiers. UUIDv7 as text, so that new rows land beside each other and addresses stay opaque."""

import secrets

import uuid_utils


def new_id() -> str:
    """A fresh UUIDv7, 36 characters."""
    return str(uuid_utils.uuid7())


def new_ref() -> str:
    """An opaque reference of 22 url-safe characters for a status callback: it says nothing about whom or when."""
    return secrets.token_urlsafe(16)
