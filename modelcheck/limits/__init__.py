"""Limits of time, memory and states: how they are given, what is used, and what ends the work that goes beyond them."""

from modelcheck.limits.given import Limits

__all__ = ["Limits"]
