import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

import trio_tws
from tests.programs import ROOT, Program, cases, check
from tests.served import served
from trio_tws import _versions as v
from trio_tws import protocol, testing
from trio_tws._cli import app
from trio_tws._model import MESSAGES
from trio_tws.protocol import TRANSITIONS, State, Step

pytestmark = pytest.mark.no_cover

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as port:
        yield port


@pytest.mark.slow
@cases(*PAGES)
def test_a_program_does_what_it_says(program: Program, port: int, tmp_path: Path) -> None:
    check(program, port, tmp_path)


def module_of_docs(name: str) -> ModuleType:
    """One of the modules that draw the pages; docs is no package."""
    sys.path.insert(0, str(DOCS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(DOCS))


def generator() -> ModuleType:
    return module_of_docs("_generate")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_drawn_from_the_tables_is_up_to_date(page: Path) -> None:
    """If it is not: python docs/_generate.py."""
    text = page.read_text(encoding="utf-8")

    assert generator().up_to_date(text) == text


def test_what_the_tables_look_like_on_the_command_line_is_never_typed_by_hand() -> None:
    """So that the test above has run each command, and knows its output."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        shown = re.findall(r"^\$ (trio-tws (?:describe|codec).*)$", text, re.MULTILINE)
        assert shown == re.findall(r"^<!-- output: (.*) -->$", text, re.MULTILINE)


def test_everything_that_can_be_drawn_is_on_some_page() -> None:
    marks = {
        name for page in PAGES for name in re.findall(r"<!-- generated: ([\w-]+)", page.read_text())
    }

    assert marks == set(generator().GENERATED)


def test_the_diagram_goes_through_all_states_by_the_steps_of_the_table() -> None:
    drawn = generator().diagram()
    at = 0
    for state in State:
        at = drawn.index(state.name, at)
    for state, steps in TRANSITIONS.items():
        for step, to in steps.items():
            if to is not state and step is not Step.CLOSE:
                part = drawn[drawn.index(f"\n{state.name}\n") : drawn.index(f"\n{to.name}\n")]
                assert step.value in part


@pytest.mark.slow
def test_every_message_is_described_on_one_page_and_listed_with_a_link_to_it() -> None:
    messages = module_of_docs("_messages")
    pages, index = messages.pages(), messages.index()

    for message in MESSAGES:
        topic = message.__module__.rpartition(".")[2]
        name = message.__name__
        assert [at for at, page in pages.items() if f"\n## {name}\n" in page] == [topic]
        assert f"[{name}](messages/{topic}.md#{name.lower()})" in index
    for topic in pages:
        assert f"\nmessages/{topic}\n" in index


def test_a_message_has_its_fields_and_its_facts() -> None:
    pages = module_of_docs("_messages").pages()
    _, _, section = pages["ticks"].partition("\n## TickReqParams\n")

    assert section.startswith("\nWhat a line's prices mean; sent when it starts.\n")
    assert f"since server version {v.REQ_SMART_COMPONENTS};" in section
    assert "answers [ReqMktData](ticks.md#reqmktdata)." in section
    assert "\n| 3 | `bbo_exchange` | str |  | 3 | " in section


@pytest.mark.parametrize(
    ("version", "kind", "path", "messages"),
    [
        (v.BOND_ISSUERID, "new", "contract.issuer_id", ["ReqContractData"]),
        (v.CME_TAGGING_FIELDS, "new", "order_cancel.ext_operator", ["CancelOrder"]),
        (v.RFQ_FIELDS, "new", "constant ''", ["CancelOrder"]),
        (v.UNDO_RFQ_FIELDS, "gone", "constant ''", ["CancelOrder"]),
        (v.FRACTIONAL_POSITIONS, "changed", "order.total_quantity", ["PlaceOrder"]),
        (v.HEDGE_MAX_SIZE, "new", "order.hedge_max_size", ["PlaceOrder", "OpenOrder"]),
    ],
)
def test_what_a_server_version_changed_in_fields(
    version: int, kind: str, path: str, messages: list[str]
) -> None:
    changes = module_of_docs("_changes").changes()[version]
    found = [message.name for message in getattr(changes, kind)[path]]

    assert set(messages) <= set(found)
    assert not any(path in getattr(changes, other) for other in {"new", "gone", "changed"} - {kind})


def test_what_a_server_version_changed_in_messages() -> None:
    changes = module_of_docs("_changes").changes()

    def names(version: int, kind: str) -> set[str]:
        return {message.name for message in getattr(changes[version], kind)}

    assert "TickReqParams" in names(v.REQ_SMART_COMPONENTS, "messages")
    assert "TickReqParams" in names(v.PROTOBUF_MARKET_DATA, "protobuf")
    assert "CancelOrder" in names(v.CME_TAGGING_FIELDS, "unnumbered")
    assert "CancelContractData" in names(v.CANCEL_CONTRACT_DATA, "messages")
    assert "CancelContractData" not in names(v.CANCEL_CONTRACT_DATA, "protobuf")


def test_what_comes_with_its_holder_is_not_listed() -> None:
    changes = module_of_docs("_changes").changes()[v.PEGGED_TO_BENCHMARK]

    assert "order.conditions" in changes.new
    assert not any(path.startswith("order.conditions[]") for path in changes.new)


def test_every_server_version_that_has_a_name_is_listed() -> None:
    page = module_of_docs("_messages").server_versions()
    names = {name for name in vars(v) if name.isupper()} - {
        "MIN_SERVER_VERSION",
        "MAX_SERVER_VERSION",
    }

    assert set(re.findall(r"^\| (\d+) \| `(\w+)` \| .", page, re.MULTILINE)) == {
        (str(getattr(v, name)), name) for name in names
    }


def test_the_keys_of_json_are_documented() -> None:
    page = (DOCS / "describe.md").read_text(encoding="utf-8")
    of_list, of_message, of_field = (
        set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \| ", part, re.MULTILINE))))
        for part in page.split("| key | what it is |")[1:]
    )
    listed, told = (
        json.loads(CliRunner().invoke(app, ["describe", *arguments, "--json"]).stdout)
        for arguments in ([], ["TickPrice"])
    )

    assert set(listed) == {"server_version", "messages"}
    assert set(listed["messages"][0]) == of_list
    assert set(told) == {"server_version"} | of_list | of_message
    assert set(told["fields"][0]) == of_field


def test_every_public_name_is_listed() -> None:
    origins = generator().origins
    for module in (trio_tws, protocol, testing):
        public = {name for name in dir(module) if not name.startswith("_")}
        modules = {name for name in public if isinstance(getattr(module, name), ModuleType)}
        assert set(origins(module)) == public - modules
