from decimal import Decimal
from typing import Final

import attrs
import pytest

from trio_tws.testing import INSTRUMENTS, Books, Instrument, Market, open_simulator

NOON: Final = 1_705_406_400.0
MARKET: Final = Market(INSTRUMENTS)


def con_id(local_symbol: str) -> int:
    return next(one.con_id for one in INSTRUMENTS if one.local_symbol == local_symbol)


AAPL: Final = con_id("AAPL")
SAP: Final = con_id("SAP")
PAIR: Final = con_id("EUR.USD")


def books(*accounts: str, instruments: tuple[Instrument, ...] = INSTRUMENTS) -> Books:
    market = MARKET if instruments is INSTRUMENTS else Market(instruments)
    return Books(accounts or ("DU1",), market, Decimal(100_000))


def test_each_account_has_its_own_books() -> None:
    both = books("DU1", "DU2")
    both.trade("DU1", AAPL, Decimal(10), 200.0, Decimal(1), NOON)
    assert both.accounts == ("DU1", "DU2")
    assert [both.position(account, AAPL) for account in both.accounts] == [10, 0]
    assert [both.held(account) for account in both.accounts] == [[AAPL], []]
    assert both.worth("DU2", NOON).net_liquidation == 100_000


def test_the_master_account_of_an_adviser_has_nothing() -> None:
    advised = books("DF1", "DU2")
    assert advised.worth("DF1", NOON).net_liquidation == 0
    assert advised.worth("DU2", NOON).net_liquidation == 100_000
    assert books("DF1").worth("DF1", NOON).net_liquidation == 100_000


def test_a_trade_tells_the_profit_of_what_it_closes() -> None:
    one = books()
    assert one.trade("DU1", AAPL, Decimal(10), 200.0, Decimal(1), NOON) is None
    assert one.trade("DU1", AAPL, Decimal(-10), 210.0, Decimal(1), NOON + 1) == 98
    assert one.position("DU1", AAPL) == 0
    assert one.held("DU1") == []
    assert one.holding("DU1", AAPL, NOON + 1).realized == 98


def test_worth_is_summed_up_in_dollars() -> None:
    one = books()
    one.trade("DU1", PAIR, Decimal(1000), 1.1, Decimal(0), NOON)
    dollars, euros = one.worths("DU1", NOON)
    assert one.worth("DU1", NOON).cash == dollars.cash + euros.cash * euros.rate


def test_who_listens_is_told_of_each_trade_once_it_is_booked() -> None:
    one, told = books(), list[tuple[str, int, Decimal]]()
    stop = one.subscribe(
        lambda account, con_id: told.append((account, con_id, one.position(account, con_id)))
    )
    one.trade("DU1", AAPL, Decimal(10), 200.0, Decimal(1), NOON)
    assert told == [("DU1", AAPL, Decimal(10))]
    stop()
    stop()
    one.trade("DU1", AAPL, Decimal(10), 200.0, Decimal(1), NOON)
    assert len(told) == 1


def test_who_is_not_wanted_any_more_is_forgotten() -> None:
    one, told, wanted = books(), list[int](), [True, True]
    one.subscribe(lambda _account, _con_id: told.append(1), lambda: wanted[0])
    one.subscribe(lambda _account, _con_id: told.append(2), lambda: wanted[1])
    wanted[0] = False
    one.trade("DU1", AAPL, Decimal(10), 200.0, Decimal(1), NOON)
    assert told == [2]
    wanted[1] = False
    one.subscribe(lambda _account, _con_id: told.append(3))
    wanted[:] = [True, True]
    one.trade("DU1", AAPL, Decimal(10), 200.0, Decimal(1), NOON)
    assert told == [2, 3]


def test_a_preview_tells_what_an_order_does_and_books_nothing() -> None:
    one = books()
    price = MARKET.price(AAPL, NOON)
    preview = one.preview("DU1", AAPL, Decimal(100), price, Decimal(1), NOON)
    value = Decimal(str(price)) * 100
    assert (preview.init_margin.before, preview.init_margin.after) == (Decimal(0), value / 2)
    assert preview.maint_margin.change == value / 4
    assert (preview.equity_with_loan.before, preview.equity_with_loan.change) == (
        Decimal(100_000),
        Decimal(-1),
    )
    assert preview.currency == "USD"
    assert one.refusal(preview) is None
    assert one.held("DU1") == []
    one.trade("DU1", AAPL, Decimal(100), price, Decimal(1), NOON)
    assert one.margin("DU1", NOON).initial == preview.init_margin.after


def test_an_order_that_is_too_large_is_refused() -> None:
    one = books()
    refusal = one.refusal(one.preview("DU1", AAPL, Decimal(2000), 200.0, Decimal(1), NOON))
    assert refusal is not None
    assert "MUST EXCEED THE INITIAL MARGIN" in refusal


def test_the_legs_of_a_combo_are_looked_at_together() -> None:
    one = books()
    legs = [(AAPL, Decimal(100), 200.0, Decimal(1)), (SAP, Decimal(-100), 200.0, Decimal(1))]
    preview = one.preview_legs("DU1", legs, NOON)
    single = [one.preview("DU1", *leg, NOON).init_margin.after for leg in legs]
    assert preview.init_margin.after == sum(single)


@pytest.mark.parametrize(
    "instrument",
    [
        next(one for one in INSTRUMENTS if one.local_symbol == "SAP"),
        attrs.evolve(
            next(one for one in INSTRUMENTS if one.local_symbol == "EUR.USD"),
            currency="GBP",
            local_symbol="EUR.GBP",
        ),
    ],
)
def test_without_an_exchange_rate_nothing_is_booked(instrument: Instrument) -> None:
    one = books(instruments=(instrument,))
    preview = one.preview("DU1", instrument.con_id, Decimal(1), 1.1, Decimal(0), NOON)
    assert preview.cause.startswith("NO EXCHANGE RATE FROM")
    assert one.refusal(preview) == preview.cause
    with pytest.raises(ValueError, match=f"{instrument.local_symbol} CAN NOT BE BOOKED"):
        one.trade("DU1", instrument.con_id, Decimal(1), 1.1, Decimal(0), NOON)


def test_both_currencies_of_a_pair_need_a_rate() -> None:
    pair = next(one for one in INSTRUMENTS if one.local_symbol == "EUR.USD")
    pounds = attrs.evolve(pair, con_id=1, symbol="GBP", currency="EUR", local_symbol="GBP.EUR")
    one = books(instruments=(pair, pounds))
    assert "FROM GBP TO USD" in one.preview("DU1", 1, Decimal(1), 1.1, Decimal(0), NOON).cause


def test_what_is_not_there_is_a_key_error() -> None:
    one = books()
    with pytest.raises(KeyError):
        one.position("DU9", AAPL)
    with pytest.raises(KeyError):
        one.position("DU1", 99)


async def test_the_simulator_has_them(autojump_clock: object) -> None:
    async with open_simulator(accounts=("DU1", "DU2"), cash=Decimal(5)) as simulator:
        assert simulator.books.accounts == ("DU1", "DU2")
        assert simulator.books.worth("DU2", simulator.now()).cash == 5
