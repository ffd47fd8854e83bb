"""What the nodes of a graph do, from the events of a run."""

from hitl_engine.model import Progress
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
