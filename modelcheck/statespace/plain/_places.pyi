"""Places of a live state with values: single ones, queues, and second places of an object; for `_live` and `_elements` alone."""

class DeviationError(BaseException):
    """A run did what only a recorded one knows how to tell."""

class Changes:
    """What a run has changed, as the places find it by comparing objects.

    Attributes:
        stale: The objects are no longer those that the places know; all are to be made anew.
    """

    stale: bool
