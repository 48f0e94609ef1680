"""The native orbits."""
