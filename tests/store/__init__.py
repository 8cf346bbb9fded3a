"""The store: nouns and their named queries, on both engines."""
