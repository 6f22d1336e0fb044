import threading

from clip_creator.scheduler import Scheduler

DEADLINE = 10.0


def start(scheduler: Scheduler, threads: int = 2) -> tuple[threading.Event, list[threading.Thread]]:
    stop = threading.Event()
    workers = [threading.Thread(target=scheduler.work, args=(stop,), daemon=True) for _ in range(threads)]
    for worker in workers:
        worker.start()
    return stop, workers


def end(scheduler: Scheduler, stop: threading.Event, workers: list[threading.Thread]) -> None:
    scheduler.close()
    stop.set()
    for worker in workers:
        worker.join(DEADLINE)
        assert not worker.is_alive()


def test_a_step_that_waits_holds_up_no_other():
    scheduler, released, done = Scheduler(), threading.Event(), threading.Event()

    def blocked() -> None:
        released.wait(DEADLINE)

    scheduler.add(0.0, blocked)
    scheduler.add(0.0, done.set)  # type: ignore[arg-type]
    running = start(scheduler)
    assert done.wait(DEADLINE)
    released.set()
    end(scheduler, *running)


def test_a_step_comes_back_at_the_time_it_names():
    now = [100.0]
    scheduler, turns, finished = Scheduler(lambda: now[0]), [], threading.Event()

    def step() -> float | None:
        turns.append(now[0])
        now[0] += 60
        if len(turns) == 3:
            finished.set()
            return None
        return now[0]

    scheduler.add(100.0, step)
    running = start(scheduler, threads=1)
    assert finished.wait(DEADLINE)
    end(scheduler, *running)
    assert turns == [100.0, 160.0, 220.0]


def test_what_is_not_due_waits():
    scheduler = Scheduler(lambda: 0.0)
    scheduler.add(1.0, lambda: None)
    end(scheduler, *start(scheduler))
    assert len(scheduler) == 1


def test_what_is_due_is_done_before_the_end():
    scheduler, done = Scheduler(), []
    running = start(scheduler)
    running[0].set()
    scheduler.add(0.0, lambda: done.append(1))
    end(scheduler, *running)
    assert done == [1]
