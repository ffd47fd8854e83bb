"""What the nodes of a graph do, from the events of a run."""

from hitl_engine.model import Checkpoint, Progress, ThreadStatus, ThreadView
from hitl_tui.state.node_runs import NodeRuns, NodeStatus


def test_a_node_with_many_tasks_runs_until_the_last_has_ended() -> None:
    runs = NodeRuns()
    for _ in range(50):
        runs.take(Progress("t", "started", "work"), 1.0)
    for _ in range(12):
        runs.take(Progress("t", "finished", "work"), 2.0)
    run = runs.of("work")
    assert (run.status, run.ended, run.tasks) == (NodeStatus.RUNNING, 12, 50)
    for _ in range(38):
        runs.take(Progress("t", "finished", "work"), 3.0)
    run = runs.of("work")
    assert (run.status, run.times, run.seconds) == (NodeStatus.DONE, 50, 2.0)
    runs.take(Progress("t", "started", "work"), 4.0)
    assert (runs.of("work").tasks, runs.of("work").ended) == (1, 0)


def test_a_node_asks_while_one_of_its_tasks_does_and_tells_how_many_have_ended() -> None:
    runs = NodeRuns()
    for _ in range(5):
        runs.take(Progress("t", "started", "work"), 1.0)
    for _ in range(2):
        runs.take(Progress("t", "stopped", "work"), 2.0)
    for _ in range(3):
        runs.take(Progress("t", "finished", "work"), 2.0)
    run = runs.of("work")
    assert (run.status, run.ended, run.tasks) == (NodeStatus.ASKS, 3, 5)
    assert run.is_partly_done


def test_a_thread_that_was_read_tells_how_many_tasks_wait() -> None:
    runs = NodeRuns()
    here = Checkpoint(
        "b", "a", 1, "loop", ("split",), ("work",) * 2, None, "", ended=("work",) * 48
    )
    view = ThreadView("t", "g", ThreadStatus.INTERRUPTED, {}, ("work",) * 2, (), "b", None)
    runs.show_thread(view, (here,), {})
    run = runs.of("work")
    assert (run.status, run.ended, run.tasks) == (NodeStatus.NEXT, 48, 50)
    assert run.is_current
    runs.begin()
    assert not runs.of("work").is_partly_done


def test_what_ran_inside_a_subgraph_is_known_only_from_the_events_of_a_run() -> None:
    runs = NodeRuns()
    assert runs.of("agent:model").status is NodeStatus.UNTOUCHED
    runs.take(Progress("t", "started", "agent"), 1.0)
    runs.take(Progress("t", "started", "agent ▸ tools"), 1.0)
    assert runs.of("agent:tools").status is NodeStatus.RUNNING
    assert runs.of("agent:model").status is NodeStatus.UNKNOWN
    assert runs.of("other:model").status is NodeStatus.UNTOUCHED
