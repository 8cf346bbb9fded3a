"""Rules, beside the river: a family's record as a value, and the files it leaves the house in."""
