"""Rules: what a page shows, as frozen values; steps fill them, templates read them, neither needs the other."""
