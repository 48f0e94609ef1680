"""The command, with a checkpoint after every few states: ``python eager.py check SPEC --checkpoint DIR``."""

import sys

from modelcheck.cli import main
from modelcheck.search import checkpoints, lookout


def be_eager() -> None:
    """Write a checkpoint whenever that is possible, and stop to look whether it is after every few states."""
    checkpoints.EVERY_S = 0.0
    checkpoints._SHARE = 0
    lookout._BATCH = 16


if __name__ == "__main__":
    be_eager()
    main(sys.argv[1:])
