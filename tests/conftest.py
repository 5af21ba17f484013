"""What all tests share.

Hypothesis draws the same examples on every run, so that a red test is red for everybody. To look
for new ones: `pytest --hypothesis-profile=explore`.
"""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", max_examples=2_000, deadline=None)
settings.load_profile("repeatable")
