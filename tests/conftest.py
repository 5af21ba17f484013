"""What all tests share.

Hypothesis draws the same examples on every run, so that a red test is red for everybody. To look
for new ones: `pytest --hypothesis-profile=explore`.
"""

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", max_examples=2_000, deadline=None)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker that pytest-cov heeds, for those who have only pytest.

    A module is to be covered by its own tests. Those that drive many modules at once, or the same
    lines thousands of times, prove other things; to count their lines would take as long again.
    """
    config.addinivalue_line("markers", "no_cover: the lines it runs are not counted, to save time")
