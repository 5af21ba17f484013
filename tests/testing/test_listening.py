import logging

import pytest
import trio

from trio_tws.testing._listening import listeners_at


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_this_computer_alone_is_no_news(host: str, caplog: pytest.LogCaptureFixture) -> None:
    port, listeners = await listeners_at(0, host, "it")
    assert {one.socket.getsockname()[1] for one in listeners[:1]} == {port}
    for one in listeners:
        await one.aclose()
    assert not caplog.records


async def test_more_than_this_computer_is_logged_as_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, listeners = await listeners_at(0, "0.0.0.0", "a TWS of paper")
    for one in listeners:
        await one.aclose()
    assert caplog.record_tuples == [
        (
            "trio_tws.testing",
            logging.WARNING,
            "a TWS of paper listens on 0.0.0.0, where other computers reach it",
        )
    ]


async def test_a_port_that_is_taken_is_an_error_of_the_caller() -> None:
    port, (listener, *_) = await listeners_at(0, "127.0.0.1", "it")
    with pytest.raises(OSError, match="in use"):
        await listeners_at(port, "127.0.0.1", "it")
    await trio.aclose_forcefully(listener)
