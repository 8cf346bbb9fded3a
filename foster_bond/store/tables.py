"""Store: every table, imported once, so that the metadata is whole wherever it is needed."""

from foster_bond.store import (
    agencies,
    alerts,
    audit,
    callbacks,
    consents,
    enrolments,
    families,
    inbound,
    occurrences,
    outbox,
    pauses,
    prompts,
    pulses,
    sealing,
    simulated_texts,
    staff,
)
from foster_bond.store.base import METADATA

__all__ = [
    "METADATA",
    "agencies",
    "alerts",
    "audit",
    "callbacks",
    "consents",
    "enrolments",
    "families",
    "inbound",
    "occurrences",
    "outbox",
    "pauses",
    "prompts",
    "pulses",
    "sealing",
    "simulated_texts",
    "staff",
]
