"""Carriers: what stands between the outbox and somebody's phone; one port, two sides of it."""
