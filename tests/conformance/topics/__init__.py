"""What the official client calls differently than we do, a module a topic like the tables."""

import importlib
import pkgutil


def take_up() -> None:
    """Takes all of it up into the registries of `tests.conformance.official`."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
