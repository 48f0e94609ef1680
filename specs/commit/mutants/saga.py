"""A saga with one bug each: what breaks it, and which property catches it."""

from modelcheck import fails
from specs.commit.saga import Answer, Saga, Service


@fails("all_or_nothing", steps=4)
class ForgetsCompensation(Saga):
    """A service does a step that comes after its compensation, which had nothing to take back: caught by all_or_nothing."""

    def is_refused(self, service: Service) -> bool:
        """Wrong: only what was done is remembered."""
        return False


@fails("all_or_nothing", steps=2)
class TrustsSilence(Saga):
    """A step whose answer does not come is taken for one that was not done: caught by all_or_nothing."""

    def first_to_compensate(self) -> int:
        """Wrong: the step before."""
        return self.position - 1


@fails("once", steps=4)
class CompensatesAgain(Saga):
    """A compensation that arrives twice is done twice: caught by once."""

    def may_compensate(self, service: Service) -> bool:
        """Wrong: any number of times."""
        return service.effect >= 0


@fails("once", steps=2)
class DoesAgain(Saga):
    """A step that arrives twice is done twice: caught by once."""

    def is_new(self, service: Service) -> bool:
        """Wrong: any number of times."""
        return service.did is not Answer.REFUSED and service.effect < 2  # noqa: PLR2004
