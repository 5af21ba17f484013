import pytest

from trio_tws import Contract, ReqMktData
from trio_tws import _versions as v
from trio_tws._cli._rows import Place, all_places, proto_places, text_places
from trio_tws._model import MESSAGES
from trio_tws._wire import (
    Registry,
    const,
    each,
    incoming,
    layout,
    maybe,
    since,
    split,
    struct,
    text,
    until,
    when,
    wire,
)
from trio_tws._wire.describe import describe

TOYS = Registry()


@struct
class Leg:
    ratio: int = wire(2, default=0)
    """How many."""
    kind: int = wire(1, default=0)
    price: float = wire(3, default=0.0)
    late: int = wire(4, default=0, since=160)


@incoming(1, version=3, version_until=150, proto=200, registry=TOYS)
class Toy:
    key: int = wire(1, default=0)
    kind: str = wire(3, default="")
    """What it is."""
    old: int = wire(default=0)
    new: int = wire(4, default=0)
    one: str = wire(5, default="")
    two: str = wire(default="")
    legs: tuple[Leg, ...] = wire(2, default=())
    extra: Leg | None = wire(6, default=None)
    hidden: int = wire(7, default=0, in_text=False, since=210)
    last: int = wire(8, default=0, until=220)


def _read(text: str) -> tuple[str, ...]:
    return text, ""


def _write(one: str, two: str) -> str:
    return one + two


layout(
    Toy,
    Toy.key,
    until(160, Toy.old),
    since(170, const("")),
    split(Toy.one, Toy.two, read=_read, write=_write),
    when(Toy.kind, "a", Toy.new, when(Toy.new, 7, const("x"), const("y")), const("z")),
    when(Toy.kind, "b", const("1")),
    each(
        Toy.legs,
        Leg.ratio,
        when(Leg.kind, 1, Leg.price),
        when(Leg.kind, 2, Leg.late),
        Leg.kind,
    ),
    maybe(Toy.extra),
    Toy.last,
)


def shown(places: list[Place]) -> list[str]:
    return [
        f"{'' if place.is_exact else '~'}{place.position} {place.row.path or place.row.kind}"
        for place in places
    ]


def test_places_are_counted_as_they_are_at_the_version() -> None:
    assert shown(text_places(Toy, 140))[:4] == ["1 constant '3'", "2 key", "3 old", "4 one"]
    assert shown(text_places(Toy, 155))[:3] == ["1 key", "2 old", "3 one"]
    assert shown(text_places(Toy, 165))[:2] == ["1 key", "2 one"]
    assert shown(text_places(Toy, 170))[:3] == ["1 key", "2 constant ''", "3 one"]


def test_after_what_varies_they_are_counted_for_the_plainest_message() -> None:
    assert shown(text_places(Toy, 165))[1:] == [
        "2 one",
        "2 two",
        "3 new",
        "4 constant 'x'",
        "5 constant 'y'",
        "~4 constant 'z'",
        "~3 constant '1'",
        "~3 legs",
        "~3.1 legs[].ratio",
        "~3.2 legs[].price",
        "~3.2 legs[].late",
        "~3.2 legs[].kind",
        "~4 extra",
        "~4.1 extra.ratio",
        "~4.2 extra.kind",
        "~4.3 extra.price",
        "~4.4 extra.late",
        "~5 last",
    ]


@incoming(2, registry=TOYS)
class Lists:
    legs: tuple[Leg, ...] = wire(default=())
    extra: Leg | None = wire(default=None)
    last: int = wire(default=0)


layout(
    Lists,
    each(Lists.legs, Leg.kind, when(Leg.kind, 1, Leg.price), Leg.ratio),
    maybe(Lists.extra),
    Lists.last,
)


def test_inside_a_list_they_are_exact_until_something_varies_there() -> None:
    assert shown(text_places(Lists, 150)) == [
        "1 legs",
        "1.1 legs[].kind",
        "1.2 legs[].price",
        "~1.2 legs[].ratio",
        "~2 extra",
        "~2.1 extra.ratio",
        "~2.2 extra.kind",
        "~2.3 extra.price",
        "~3 last",
    ]


def test_inside_a_structure_they_are_exact_if_it_is_there() -> None:
    @incoming(3, registry=TOYS)
    class First:
        extra: Leg | None = wire(default=None)
        last: int = wire(default=0)

    assert shown(text_places(First, 150)) == [
        "1 extra",
        "1.1 extra.ratio",
        "1.2 extra.kind",
        "1.3 extra.price",
        "~2 last",
    ]


def test_protobuf_has_its_fields_by_number() -> None:
    places = proto_places(Toy, 210)

    assert [(place.row.number, place.row.path, place.row.kind) for place in places] == [
        ("1", "key", "int"),
        ("2", "legs", "Leg[]"),
        ("2.1", "legs[].kind", "int"),
        ("2.2", "legs[].ratio", "int"),
        ("2.3", "legs[].price", "float"),
        ("2.4", "legs[].late", "int"),
        ("3", "kind", "str"),
        ("4", "new", "int"),
        ("5", "one", "str"),
        ("6", "extra", "Leg?"),
        ("6.1", "extra.kind", "int"),
        ("6.2", "extra.ratio", "int"),
        ("6.3", "extra.price", "float"),
        ("6.4", "extra.late", "int"),
        ("7", "hidden", "int"),
        ("8", "last", "int"),
    ]
    assert {place.position for place in places} == {""}
    by_path = {place.row.path: place.row for place in places}
    assert by_path["kind"].doc == "What it is."
    assert by_path["legs[].ratio"].doc == "How many."
    assert (by_path["legs[].late"].since, by_path["last"].until) == (160, 220)


def test_protobuf_has_what_the_version_has() -> None:
    assert "hidden" not in {place.row.path for place in proto_places(Toy, 209)}
    assert "last" not in {place.row.path for place in proto_places(Toy, 220)}


def test_without_a_version_there_is_all_that_the_tables_have() -> None:
    places = all_places(Toy)

    assert [place.row for place in places] == describe(Toy)
    assert [place.position for place in places] == [row.position for row in describe(Toy)]
    assert not any(place.is_exact for place in places)


def test_the_plainest_message_has_its_fields_where_they_are_said_to_be() -> None:
    """Counted in what is really written."""
    version = v.PROTOBUF_MARKET_DATA - 1
    message = ReqMktData(req_id=5, contract=Contract(con_id=7), generic_tick_list="233")
    written = text.writer(ReqMktData, version)(message)
    places = text_places(ReqMktData, version)
    at = {one.row.path: int(one.position) for one in places if "." not in one.position}

    assert written[at["req_id"] - 1] == "5"
    assert written[at["contract.con_id"] - 1] == "7"
    assert written[at["generic_tick_list"] - 1] == "233"
    assert at["mkt_data_options"] == len(written)


@pytest.mark.slow
@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
def test_every_message_of_the_tables_can_be_counted(version: int) -> None:
    for cls in MESSAGES:
        assert all(place.position for place in text_places(cls, version))
        assert all(place.row.number for place in proto_places(cls, version))
