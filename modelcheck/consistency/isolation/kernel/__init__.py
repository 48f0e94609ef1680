"""Dependency graphs of transactions and the searches in them, native."""
