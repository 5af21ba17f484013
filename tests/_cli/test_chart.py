from datetime import UTC, datetime, timedelta

import pytest

from trio_tws import Bar
from trio_tws._cli._chart import draw

OPENING = datetime(2026, 1, 15, 14, 30, tzinfo=UTC)


def bars(*prices: tuple[float, float, float, float], minutes: int = 5) -> list[Bar]:
    return [
        Bar(OPENING + at * timedelta(minutes=minutes), *price, volume=None, wap=None, count=None)
        for at, price in enumerate(prices)
    ]


def flat(count: int, price: float = 100.0) -> list[Bar]:
    return bars(*[(price, price, price, price)] * count)


def test_a_candle_has_a_body_and_wicks() -> None:
    drawn = draw(bars((2, 4, 0, 2), (1, 3, 1, 3)), width=80, height=3, digits=0)

    # Six half lines for prices 0 to 4: 2 is in the third, 1 in the second, 3 in the fifth.
    assert drawn.lines == ["│╻", "╽┃", "│╹"]


def test_halves_of_a_line_are_told_apart() -> None:
    drawn = draw(bars((0.0, 3.0, 0.0, 1.0), (3.0, 3.0, 2.0, 2.0)), width=80, height=2, digits=0)

    assert drawn.lines == ["│┃", "┃ "]


def test_without_box_characters_it_is_plain_ascii() -> None:
    drawn = draw(flat(40), width=60, height=5, digits=2, ascii_only=True)

    everything = "".join([*drawn.lines, *drawn.prices, drawn.ruler, drawn.times])
    assert everything.isascii()
    assert "#" in everything


def test_rising_and_falling_are_told() -> None:
    drawn = draw(bars((1, 2, 1, 2), (2, 2, 1, 1)), width=80, height=2, digits=0)

    assert [candle.has_risen for candle in drawn.candles] == [True, False]


@pytest.mark.parametrize("width", [12, 20, 60, 80, 120])
def test_it_keeps_to_its_width(width: int) -> None:
    drawn = draw(flat(288), width=width, height=4, digits=2)

    widest = max(len(label) for label in drawn.prices) + 2 + len(drawn.ruler)
    assert widest <= max(width, 9)
    assert len({len(line) for line in [*drawn.lines, drawn.ruler]}) == 1


def test_bars_that_have_no_room_are_joined_at_round_times() -> None:
    drawn = draw(bars(*[(1, 9, 0, 2)] * 12), width=8, height=2, digits=0)

    assert drawn.minutes == 15
    starts = [candle.time for candle in drawn.candles]
    assert starts == [OPENING + at * timedelta(minutes=15) for at in range(4)]
    assert {(one.open, one.high, one.low, one.close) for one in drawn.candles} == {(1, 9, 0, 2)}


def test_the_first_candle_may_be_cut_short() -> None:
    late = bars(*[(1, 1, 1, 1)] * 5)[1:]  # 14:35 to 14:50

    drawn = draw(late, width=5, height=2, digits=0)

    assert drawn.minutes == 15
    assert [f"{candle.time:%H:%M}" for candle in drawn.candles] == ["14:35", "14:45"]


def test_round_prices_label_their_lines() -> None:
    drawn = draw(bars((100, 110, 100, 110)), width=80, height=10, digits=2)

    labels = {label.strip(): at for at, label in enumerate(drawn.prices) if label.strip()}
    assert list(labels) == ["110.00", "105.00", "100.00"]
    assert labels["110.00"] == 0
    assert labels["100.00"] == 9


def test_a_price_that_never_moves_is_drawn_too() -> None:
    drawn = draw(flat(3, 1.10745), width=80, height=3, digits=5)

    assert sum("┃" in line or "╹" in line or "╻" in line for line in drawn.lines) == 1
    assert len({len(label) for label in drawn.prices}) == 1


def test_one_bar_is_enough() -> None:
    drawn = draw(flat(1), width=80, height=2, digits=2)

    assert drawn.times == ""
    assert drawn.ruler == "─"


def test_times_stand_under_their_marks() -> None:
    drawn = draw(flat(60), width=100, height=2, digits=2)  # 14:30 to 19:25, a bar each 5 minutes

    times = drawn.times.split()
    assert times == ["15:00", "16:00", "17:00", "18:00", "19:00"]
    for time in times:
        mark = drawn.times.index(time) + 2
        assert drawn.ruler[mark] == "┬"
        assert f"{drawn.candles[mark].time:%H:%M}" == time


def test_a_time_that_has_no_room_is_left_out() -> None:
    """What is closed takes no columns, so one mark may follow upon another."""
    opening = datetime(2026, 1, 15, 14, 55, tzinfo=UTC)
    times = [opening + minutes * timedelta(minutes=1) for minutes in (0, 5, 300, 600)]
    price = 100.0
    sparse = [Bar(time, price, price, price, price, None, None, None) for time in times]

    drawn = draw(sparse, width=60, height=2, digits=2)

    assert drawn.ruler == "─┬┬┬"
    assert drawn.times == "15:00"
