"""The clock: what runs when, and that it ran."""
