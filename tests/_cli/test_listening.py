from io import StringIO

import pytest
from rich.console import Console

from trio_tws._cli._listening import warn_if_open


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::", "192.0.2.7"])
def test_an_address_that_others_reach_is_warned_of(host: str) -> None:
    out = Console(file=StringIO(), width=200)
    warn_if_open(out, "127.0.0.1", "LOOK")
    assert isinstance(out.file, StringIO)
    assert out.file.getvalue() == ""

    warn_if_open(out, host, "LOOK")
    assert out.file.getvalue().startswith("EVERYONE WHO REACHES THIS ADDRESS CAN LOOK: ")
