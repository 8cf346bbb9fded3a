"""carrier → inbound → consent, alert, reflection, answer: one transaction, stored before anything else is decided."""

from foster_bond.steps.hearing._receiving import Post, Received, receive

__all__ = ["Post", "Received", "receive"]
