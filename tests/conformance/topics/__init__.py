"""What the official client calls differently than we do, a module a topic like the tables.

Importing this package takes all of it up into the registries of `tests.conformance.official`.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
