"""What the tests of this directory know of the official client, by topic."""

import tests.conformance.topics  # noqa: F401 - it takes itself up
