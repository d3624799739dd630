"""How a comparison stands, and what people do with it: vote, see the names, show them to all."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from tunesmith.bot.answers.comparison.asking import FEWEST, answer_key
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import say
from tunesmith.storage import answers, comparisons
from tunesmith.storage.answers import Answer
from tunesmith.storage.comparisons import Comparison, Entry, Vote

LETTERS = "ABCD"
"""What answers are called, by place."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A comparison as it stands: its entries in order, the answers by place, and the votes."""

    comparison: Comparison
    entries: list[Entry]
    answers: dict[int, Answer]
    votes: list[Vote]

    @property
    def ended(self) -> int:
        """How many models have answered, or will not."""
        return len(self.answers) + sum(each.failed is not None for each in self.entries)

    @property
    def is_complete(self) -> bool:
        """Whether no answer is waited for any more."""
        return self.ended == len(self.entries)

    @property
    def is_comparable(self) -> bool:
        """Whether there are several answers to choose from."""
        return len(self.answers) >= FEWEST

    @property
    def is_shown(self) -> bool:
        """Whether everybody may know who answered what: also where there is nothing to vote on."""
        nothing = self.is_complete and not self.is_comparable
        return self.comparison.shown_at is not None or nothing

    def vote_of(self, person: str) -> Vote | None:
        """Somebody's vote."""
        return next((vote for vote in self.votes if vote.person == person), None)


async def standing(
    connection: AsyncConnection, comparison_id: str, *, lock: bool = False
) -> Standing:
    """How a comparison stands. Raises JobError where it is not known.

    With `lock` nobody else votes or shows names until the transaction ends.
    """
    known = await comparisons.get(connection, comparison_id, lock=lock)
    if known is None:
        raise JobError(say("comparison.not_known"))
    entries = await comparisons.entries_of(connection, comparison_id)
    found = [await answers.get(connection, answer_key(known.id, each.place)) for each in entries]
    kept = {
        entry.place: answer
        for entry, answer in zip(entries, found, strict=True)
        if answer is not None and entry.failed is None
    }
    return Standing(known, entries, kept, await comparisons.votes_of(connection, known.id))


async def vote(
    connection: AsyncConnection, comparison_id: str, person: str, place: int | None
) -> Standing:
    """Note which answer somebody holds to be the best, None for a tie; how it stands then.

    The vote can be changed until its person, or everybody, was shown the names. Raises JobError
    where it can't be given.
    """
    before = await standing(connection, comparison_id, lock=True)
    own = before.vote_of(person)
    if before.is_shown:
        raise JobError(say("comparison.shown_already"))
    if own is not None and own.seen_at is not None:
        raise JobError(say("comparison.seen_already"))
    if not before.is_complete or (place is not None and place not in before.answers):
        raise JobError(say("comparison.no_such_answer"))
    await comparisons.vote(connection, comparisons.Vote(comparison_id, person, place))
    return await standing(connection, comparison_id)


async def see(connection: AsyncConnection, comparison_id: str, person: str) -> Standing:
    """Let somebody who has voted know who answered what; their vote counts and stays then.

    Raises JobError where they have not voted.
    """
    found = await standing(connection, comparison_id, lock=True)
    if found.vote_of(person) is None and not found.is_shown:
        raise JobError(say("comparison.vote_first"))
    await comparisons.see(connection, comparison_id, person)
    return found


async def show(connection: AsyncConnection, comparison_id: str, person: str) -> None:
    """Let everybody know who answered what, which ends the voting.

    Who asked may do that, and whoever has voted. Raises JobError.
    """
    found = await standing(connection, comparison_id, lock=True)
    if found.comparison.asked_by != person and found.vote_of(person) is None:
        raise JobError(say("comparison.vote_first"))
    if not found.is_complete:
        raise JobError(say("comparison.no_such_answer"))
    await comparisons.show(connection, comparison_id, person)
