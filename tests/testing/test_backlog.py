from trio_tws.testing._backlog import Backlog


def test_what_is_kept_comes_out_once_in_its_order() -> None:
    backlog, done = Backlog(), list[int]()
    backlog.put(lambda: done.append(1))
    backlog.put(lambda: done.append(2))
    backlog.keep("first")
    backlog.keep("second")
    for act in backlog.take_acts():
        act()
    assert done == [1, 2]
    assert backlog.take_news() == ["first", "second"]
    assert backlog.take_acts() == backlog.take_news() == []
