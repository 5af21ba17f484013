"""Sphinx's settings. Pages are Markdown; a new `docs/*.md` is found without being listed."""

from importlib.metadata import version as installed_version

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
nitpick_ignore_regex = [("py:.*", r"(?!trio_tws\b).*")]
