"""The states that explain a log, native."""
