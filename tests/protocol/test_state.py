"""The state machine is a table; these are the properties that make it one of a session."""

import pytest

from trio_tws._errors import LocalProtocolError
from trio_tws.protocol import MAY_SEND, TRANSITIONS, Role, State, Step
from trio_tws.protocol._state import after, check_may_send

IN_ORDER = list(State)
COMBINATIONS = [(state, step) for state in State for step in Step]


def test_the_table_is_the_session_drawn_in_the_docstring() -> None:
    forward = {
        (state, step, target)
        for state, steps in TRANSITIONS.items()
        for step, target in steps.items()
        if target is not state and step is not Step.CLOSE
    }

    assert forward == {
        (State.IDLE, Step.HELLO, State.GREETED),
        (State.GREETED, Step.SERVER_HELLO, State.AGREED),
        (State.AGREED, Step.START_API, State.STARTING),
        (State.STARTING, Step.BOTH_KNOWN, State.READY),
    }


def test_every_state_has_a_row_in_each_table() -> None:
    assert set(TRANSITIONS) == set(State)
    assert set(MAY_SEND) == set(Role)
    for role in Role:
        assert set(MAY_SEND[role]) == set(State)


def test_a_session_never_goes_back() -> None:
    for state, steps in TRANSITIONS.items():
        for target in steps.values():
            assert IN_ORDER.index(target) >= IN_ORDER.index(state)


def test_any_state_may_be_closed_and_nothing_leaves_closed() -> None:
    assert {steps[Step.CLOSE] for steps in TRANSITIONS.values()} == {State.CLOSED}
    assert set(TRANSITIONS[State.CLOSED]) == {Step.CLOSE}


def test_only_a_message_and_a_second_close_leave_the_state_as_it_is() -> None:
    stay = {step for state, step in COMBINATIONS if TRANSITIONS[state].get(step) is state}

    assert stay == {Step.MESSAGE, Step.CLOSE}


def test_what_may_be_sent_leads_somewhere() -> None:
    for role in Role:
        for state, steps in MAY_SEND[role].items():
            assert steps <= set(TRANSITIONS[state])


def test_the_greetings_and_the_start_belong_to_one_end_each() -> None:
    senders = {
        step: [role for role in Role if any(step in steps for steps in MAY_SEND[role].values())]
        for step in Step
    }

    assert senders == {
        Step.HELLO: [Role.CLIENT],
        Step.SERVER_HELLO: [Role.SERVER],
        Step.START_API: [Role.CLIENT],
        Step.BOTH_KNOWN: [],
        Step.MESSAGE: [Role.CLIENT, Role.SERVER],
        Step.CLOSE: [],
    }


def test_a_client_sends_no_request_before_the_session_is_started() -> None:
    may = {state for state in State if Step.MESSAGE in MAY_SEND[Role.CLIENT][state]}

    assert may == {State.STARTING, State.READY}


def test_a_server_sends_messages_as_soon_as_the_version_is_agreed() -> None:
    may = {state for state in State if Step.MESSAGE in MAY_SEND[Role.SERVER][state]}

    assert may == {State.AGREED, State.STARTING, State.READY}


@pytest.mark.parametrize(("state", "step"), COMBINATIONS)
def test_a_step_leads_where_the_table_says_and_is_refused_otherwise(
    state: State, step: Step
) -> None:
    if step in TRANSITIONS[state]:
        assert after(state, step) is TRANSITIONS[state][step]
    else:
        with pytest.raises(LocalProtocolError, match=f"{step.value}.*'{state.value}'"):
            after(state, step)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("state", "step"), COMBINATIONS)
def test_a_refusal_to_send_names_the_step_the_state_and_what_may_be_sent(
    role: Role, state: State, step: Step
) -> None:
    allowed = MAY_SEND[role][state]
    if step in allowed:
        check_may_send(role, state, step)
        return
    with pytest.raises(LocalProtocolError) as caught:
        check_may_send(role, state, step)
    words = str(caught.value)
    assert words.startswith(f"a {role.value} can't send {step.value} in state '{state.value}'; ")
    assert all(one.value in words for one in allowed)
    assert bool(allowed) is not words.endswith("it may send nothing")


def test_each_role_has_the_other_on_the_other_end() -> None:
    assert Role.CLIENT.other is Role.SERVER
    assert Role.SERVER.other is Role.CLIENT
