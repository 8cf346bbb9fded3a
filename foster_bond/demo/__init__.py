"""The demo: an invented agency lives through weeks on the real code path, then stays open to be tried."""
