"""What a run comes to, for people: a table, and the history of each journey that went wrong."""

from tests.chaos.run import Outcome


def table(outcome: Outcome) -> str:
    """The figures of a run, and how often each kind of fault was injected."""
    verdict = outcome.verdict
    figures = {
        "journeys": len(outcome.journeys),
        "kills": outcome.kills,
        "faults": outcome.faults.total(),
        "kinds of fault": len(outcome.faults),
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "apologies": len(verdict.apologies),
        "stuck": len(verdict.stuck),
        "tracebacks": len(verdict.tracebacks),
        "ended by itself": outcome.exits,
        "minutes": f"{outcome.seconds / 60:.1f}",
    }
    lines = [_row(list(figures)), _row(["---"] * len(figures)), _row(list(figures.values())), ""]
    lines += [f"{name}: {count}" for name, count in sorted(outcome.faults.items())]
    return "\n".join(lines)


def _row(cells: list[str] | list[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def failures(outcome: Outcome) -> str:
    """What is wrong, and the history of each journey that is concerned."""
    verdict = outcome.verdict
    wrong = {
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "apologies": verdict.apologies,
        "stuck": verdict.stuck,
        "tracebacks": verdict.tracebacks,
    }
    lines = [f"{what}: {one}" for what, found in wrong.items() for one in found]
    concerned = {one.partition(":")[0] for found in wrong.values() for one in found}
    for journey in outcome.journeys:
        if journey.mark in concerned:
            people = [person.user for person in journey.people]
            lines += ["", f"{journey.mark} ({journey.kind}) in {journey.channel} by {people}:"]
            lines += [f"  {entry}" for entry in journey.history]
    return "\n".join(lines)
