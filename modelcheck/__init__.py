"""Model checking for distributed protocols written as plain Python state machines."""
