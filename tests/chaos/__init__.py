"""Chaos: real processes of this product are killed, cut off and starved, and then what must hold is looked for."""
