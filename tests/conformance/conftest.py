from tests.conformance import topics

topics.take_up()
