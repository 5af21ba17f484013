"""What an order takes when it is on the market: in parts, hidden reach, a price of its own."""

from decimal import Decimal

from tests.testing.trading import AAPL, CANCELLED, FILLED, SUBMITTED, limit, order, trading


async def test_a_scale_order_buys_lower_and_lower() -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        ask = trader.quote().ask
        wanted = limit(
            "BUY",
            300,
            round(ask + 1, 2),
            scale_init_level_size=100,
            scale_subs_level_size=50,
            scale_price_increment=0.6,
        )
        number = await trader.place(AAPL, wanted)
        # At ask + 1 and at ask + 0.4, and then at ask - 0.2, which waits.
        assert trader.told(number).filled == 150
        sold = await trader.place(
            AAPL,
            limit(
                "SELL",
                300,
                round(ask - 1, 2),
                scale_init_level_size=100,
                scale_price_increment=5.0,
            ),
        )
        assert trader.told(sold).filled == 100


async def test_a_discretionary_order_reaches_further() -> None:
    async with trading() as trader:
        quote = trader.quote()
        wanted = limit("BUY", 100, round(quote.ask - 0.1, 2), discretionary_amt=0.1)
        assert trader.status(await trader.place(AAPL, wanted)) is FILLED
        wanted = limit("SELL", 100, round(quote.bid + 0.1, 2), discretionary_amt=0.1)
        assert trader.status(await trader.place(AAPL, wanted)) is FILLED


async def test_a_part_can_be_too_small() -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        offered = int(trader.quote().ask_size)
        wanted = order("BUY", offered + 100, min_qty=offered + 50, tif="IOC")
        number = await trader.place(AAPL, wanted)
        assert trader.status(number) is CANCELLED
        assert trader.told(number).filled == 0
        number = await trader.place(AAPL, order("BUY", offered + 100, min_qty=offered))
        assert trader.told(number).filled == offered
        number = await trader.place(AAPL, order("SELL", 10**4, all_or_none=True))
        assert trader.told(number).filled == 0


async def test_what_is_left_of_an_order_keeps_its_first_price(autojump_clock: object) -> None:
    async with trading(cash=Decimal(10**7)) as trader:
        quote = trader.quote()
        number = await trader.place(AAPL, order("BUY", quote.ask_size + 500, "MTL"))
        (booked,) = trader.simulator.exchange.book.open()
        assert booked.fixed_limit == quote.ask
        await trader.news(60)
        assert all(one.execution.price <= quote.ask for one in trader.fills(number))


async def test_a_snap_order_keeps_its_price() -> None:
    async with trading() as trader:
        bid = trader.quote().bid
        number = await trader.place(AAPL, order("BUY", 100, "SNAP PRIM", aux_price=0.0))
        assert trader.status(number) is SUBMITTED
        (booked,) = trader.simulator.exchange.book.open()
        assert booked.fixed_limit == bid
        protected = await trader.place(AAPL, order("SELL", 100, "MKT PRT"))
        assert trader.status(protected) is FILLED
