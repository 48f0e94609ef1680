"""An explorer and a language for specs that share no code with modelcheck: plain Python, so short that it is obviously right."""

from .explorer import Found, TooLargeError, explore
from .loading import load
from .matching import matches
from .values import key

__all__ = ["Found", "TooLargeError", "explore", "key", "load", "matches"]
