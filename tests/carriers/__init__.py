"""Carriers, held to their port."""
