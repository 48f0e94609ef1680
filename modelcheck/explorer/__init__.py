"""The explorer: a spec walked through in the browser, served on this machine only."""
