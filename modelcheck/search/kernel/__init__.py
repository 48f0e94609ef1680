"""The exploring step, the table of fingerprints, the frontier and the log in native code."""
