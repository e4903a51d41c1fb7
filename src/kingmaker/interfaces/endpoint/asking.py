"""What the contracts of other platforms share: a request is read by its own rules, and answered in its own form."""

from abc import abstractmethod

from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.interfaces.endpoint.scoring import LARGE, counted, refusal, standing_lineup
from kingmaker.serving.asked import Asked
from kingmaker.serving.desk import Desk
from kingmaker.serving.fields import Fields, Rows


class PlatformAsked(Asked):
    """One request of another platform's contract. Reading may be done again, for a canary whose inputs are others."""

    __slots__ = ("desk", "exchange")

    def __init__(self, exchange: Exchange, desk: Desk) -> None:
        super().__init__(None, None)
        self.exchange = exchange
        self.desk = desk

    @abstractmethod
    def read(self, fields: Fields) -> Rows: ...

    def refuse(self, error: Exception) -> None:
        self.exchange.refuse(self.told(error))

    def told(self, error: Exception) -> Exception:
        """What the sender is told, counted if it is a refusal."""
        return counted(self.desk, error) if isinstance(error, Refused) else refusal(error, self.desk)

    def submit(self) -> None:
        """Read what is small now, leave what is large to the desk's thread, and have it scored.

        Raises Refused before there is a model.
        """
        fields = standing_lineup(self.desk).champion.fields
        if len(self.exchange.body) <= LARGE:
            try:
                self.rows = self.read(fields)
            except Exception as error:  # noqa: BLE001 - in the contract's own form, as from the desk's thread
                self.refuse(error)
                return
            self.fields = fields
        self.desk.ask(self)


def decision_of(approved: bool) -> str:
    """As every answer says it."""
    return "approve" if approved else "decline"
