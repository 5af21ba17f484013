"""Sphinx's settings. Pages are Markdown; a new `docs/*.md` is found without being listed."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

import docutils.nodes
import sphinx.addnodes
import sphinx.application
import sphinx.environment

import trio_tws.testing

sys.path.insert(0, str(Path(__file__).parent))

import _generate

project = "trio_tws"
author = "trio_tws contributors"
copyright = author  # noqa: A001 - Sphinx's name for it
release = version = installed_version("trio-tws")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"trio_tws {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
napoleon_numpy_docstring = False

# A reference to a name of ours has to lead somewhere. Names of Python, trio and attrs are left as
# they are: following them would take the network, and a build should not fail for that.
nitpick_ignore_regex = [
    ("py:.*", r"(?!trio_tws\b).*"),
    ("py:class", r"trio_tws\..*\.T(_co)?"),  # type variables
    # What handles are made of, which users do not make themselves.
    ("py:class", r"trio_tws\._client\.(_bar_sizes|_converted|_holes|_session)\.\w+"),
    ("py:class", r"trio_tws\.protocol\._pacing\._\w+"),
    (
        "py:class",
        r"trio_tws\.testing\._(bars|market_events|order_booked|order_kinds|order_views|shapes)\.\w+",
    ),
    ("py:class", r"trio_tws\.testing\._(message_acts|triggers|world_acts)\.\w+"),
]

_generate.build()


def find_public_name(
    app: sphinx.application.Sphinx,
    environment: sphinx.environment.BuildEnvironment,
    node: sphinx.addnodes.pending_xref,
    content: docutils.nodes.TextElement,
) -> docutils.nodes.Element | None:
    """Leads a reference to where a name is defined to where users find it.

    Sphinx names a class by its module, which is private, for the public ones only pass names on.
    """
    del app
    name = node["reftarget"].rpartition(".")[2]
    domain = environment.get_domain("py")
    for module in (trio_tws, trio_tws.protocol, trio_tws.testing):
        if hasattr(module, name) and node["refdomain"] == "py":
            public = f"{module.__name__}.{name}"
            if public != node["reftarget"] and public in domain.objects:
                return domain.resolve_xref(
                    environment,
                    node["refdoc"],
                    environment.app.builder,
                    "obj",
                    public,
                    node,
                    content,
                )
    return None


def keep_colons(
    app: sphinx.application.Sphinx,
    what: str,
    name: str,
    thing: object,
    options: object,
    lines: list[str],
) -> None:
    """Keeps napoleon from taking the words before an attribute's first colon for its type."""
    del app, name, thing, options
    if what in {"attribute", "data", "property"}:
        lines.insert(0, "")  # it looks at the first line only


def setup(app: sphinx.application.Sphinx) -> None:
    """Sphinx calls it."""
    app.connect("autodoc-process-docstring", keep_colons, priority=400)  # before napoleon
    app.connect("missing-reference", find_public_name)
