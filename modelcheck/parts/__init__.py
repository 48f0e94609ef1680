"""Ready-made parts of specs: networks, crashes, Byzantine processes, timers, disks, client histories.

Each is a `Part`, written in the language of specs itself: assign one to an attribute in ``init``, and its actions and properties become the spec's.
The most used are names of `modelcheck` as well.
"""

from modelcheck.parts.byzantine import Byzantine
from modelcheck.parts.crashes import Crashes
from modelcheck.parts.disk import Damage, Disk
from modelcheck.parts.history import History
from modelcheck.parts.network import FifoNetwork, Network
from modelcheck.parts.timers import Timers

__all__ = ["Byzantine", "Crashes", "Damage", "Disk", "FifoNetwork", "History", "Network", "Timers"]
