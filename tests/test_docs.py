import re
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

import trio_tws
from tests.programs import ROOT, Program, cases, check
from tests.served import served
from trio_tws import protocol, testing
from trio_tws._model import MESSAGES
from trio_tws.protocol import TRANSITIONS, State, Step

PAGES = sorted((ROOT / "docs").glob("*.md"))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as port:
        yield port


@pytest.mark.slow
@cases(*PAGES)
def test_a_program_does_what_it_says(program: Program, port: int, tmp_path: Path) -> None:
    check(program, port, tmp_path)


def generator() -> ModuleType:
    """The module that draws the pages; docs is no package."""
    spec = spec_from_file_location("generate", ROOT / "docs" / "_generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_drawn_from_the_tables_is_up_to_date(page: Path) -> None:
    """If it is not: python docs/_generate.py."""
    text = page.read_text(encoding="utf-8")

    assert generator().up_to_date(text) == text


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


def test_every_message_is_described() -> None:
    page = generator().messages()

    for message in MESSAGES:
        assert f"### {message.__name__}\n" in page


def test_every_public_name_is_listed() -> None:
    origins = generator().origins
    for module in (trio_tws, protocol, testing):
        public = {name for name in vars(module) if not name.startswith("_")}
        modules = {name for name in public if isinstance(getattr(module, name), ModuleType)}
        assert set(origins(module)) == public - modules
