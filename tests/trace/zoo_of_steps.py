"""A spec whose only step is not what its property asks of steps. The comment says why."""

from modelcheck import Spec, action, step_property


class Steps(Spec):
    def init(self):
        self.term = 1
        self.log = [1]

    @action
    def crash(self):
        self.term = 0
        self.log = []

    @step_property
    def grows(self, after):
        return after.term >= self.term and len(after.log) >= len(self.log)
        # after.term >= self.term
        #   after.term = 0
        #   self.term = 1
