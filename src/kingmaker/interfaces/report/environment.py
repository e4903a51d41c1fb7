"""How pages are made of templates: everything escaped, and a name that a template misspells is an error."""

from collections.abc import Callable, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment_of(filters: Sequence[Callable[..., object]]) -> Environment:
    """The report's templates, with the functions as filters under their own names."""
    environment = Environment(
        loader=PackageLoader("kingmaker.interfaces.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({function.__name__: function for function in filters})
    return environment
