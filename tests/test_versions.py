"""Server versions: one name each, without a hole but the one that IB left."""

import ast
from pathlib import Path

from trio_tws import _versions as v
from trio_tws.protocol import Hello

ENDS = {"MIN_SERVER_VERSION", "MAX_SERVER_VERSION"}
NEVER_USED = 133
NAMED = {name: number for name, number in vars(v).items() if name.isupper() and name not in ENDS}


def test_versions_stand_in_their_order_and_each_has_one_name() -> None:
    numbers = list(NAMED.values())

    assert numbers == sorted(set(numbers))


def test_every_version_after_the_first_has_a_name() -> None:
    every = set(range(v.MIN_SERVER_VERSION + 1, v.MAX_SERVER_VERSION + 1))

    assert every - set(NAMED.values()) == {NEVER_USED}
    assert set(NAMED.values()) <= every


def test_every_version_is_a_whole_number_and_final() -> None:
    tree = ast.parse(Path(v.__file__).read_text(encoding="utf-8"))
    declared = {
        node.target.id
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and ast.unparse(node.annotation) == "Final"
    }

    assert declared == {*NAMED, *ENDS}
    assert {type(number) for number in NAMED.values()} == {int}


def test_all_of_them_are_offered() -> None:
    assert Hello() == Hello(100, 226)
    assert (Hello().min_version, Hello().max_version) == (v.MIN_SERVER_VERSION, max(NAMED.values()))
