"""What stands before every route, whoever asks: no secrets in addresses, headers for browsers, limits."""

from fastapi import FastAPI

from kingmaker.interfaces.control_centre.addresses import NoSecretsInAddresses
from kingmaker.interfaces.control_centre.bodies import BodyLimit
from kingmaker.interfaces.control_centre.rates import AddressRates, Limits
from kingmaker.interfaces.control_centre.security_headers import SecurityHeaders


def add_guards(app: FastAPI, limits: Limits) -> None:
    """The one that is added last is asked first."""
    app.add_middleware(BodyLimit, most=limits.body_bytes)
    app.add_middleware(AddressRates, pace=limits.address)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(NoSecretsInAddresses)
