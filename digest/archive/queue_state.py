"""What the queue of jobs in a PostgreSQL archive says of itself: numbers alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

_JOBS = """
SELECT task_name,
       CASE WHEN status::text = 'todo' AND scheduled_at > now() THEN 'scheduled'
            ELSE status::text END AS state,
       count(*),
       max(extract(epoch FROM now() - coalesce(scheduled_at, first.at)))
FROM procrastinate_jobs j
LEFT JOIN LATERAL (
  SELECT min(at) AS at FROM procrastinate_events e WHERE e.job_id = j.id
) first ON status = 'todo'
GROUP BY 1, 2 ORDER BY 1, 2
"""
_WORKERS = """
SELECT count(*), max(extract(epoch FROM now() - last_heartbeat)) FROM procrastinate_workers
"""


@dataclass(frozen=True, slots=True)
class JobCount:
    """Jobs of one task in one state: todo (due), scheduled (later), doing, failed …"""

    task: str
    state: str
    jobs: int
    oldest: float  # seconds that the oldest is due; 0 where it is not


@dataclass(frozen=True, slots=True)
class QueueState:
    """The queue at one moment. `silence`: seconds since the most silent worker was heard."""

    jobs: tuple[JobCount, ...] = ()
    workers: int = 0
    silence: float = 0.0
    is_there: bool = field(default=False)


def read_queue_state(connection: sa.Connection) -> QueueState:
    """Return the state of the queue; an empty one where there is none."""
    if not sa.inspect(connection).has_table("procrastinate_jobs"):
        return QueueState()
    counts = tuple(
        JobCount(task, state, int(jobs), max(0.0, float(oldest or 0)) if state == "todo" else 0.0)
        for task, state, jobs, oldest in connection.exec_driver_sql(_JOBS)
    )
    ((workers, silence),) = connection.exec_driver_sql(_WORKERS)
    return QueueState(counts, int(workers), max(0.0, float(silence or 0)), True)
