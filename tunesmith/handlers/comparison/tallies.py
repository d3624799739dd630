"""What votes came to, in words."""

from collections.abc import Collection, Mapping, Sequence

from tunesmith.bot.answers.comparison.tally import Pair, among, pair, pairs_of, rankings
from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.comparison.names import name_of
from tunesmith.handlers.slack.context import Context
from tunesmith.storage import comparisons
from tunesmith.storage.comparisons import Meeting

_MOST_PAIRS = 12

Names = Mapping[str, Message]


class Tally:
    """The votes of some channels that count, and the names of the models that they are about."""

    def __init__(self, meetings: Sequence[Meeting], names: Names) -> None:
        self.meetings = meetings
        self._names = names

    def all_lines(self, text: Text) -> list[str]:
        """Everything: rankings of three and more models, and all pairs, most votes first."""
        pairs = sorted(map(pair, self.meetings), key=lambda one: -one.count)
        lines = [self._pair(text, one) for one in pairs[:_MOST_PAIRS]]
        return [*self._rankings(text, self.meetings), *lines]

    def lines_among(self, text: Text, models: Sequence[str]) -> list[str]:
        """Of the models of one comparison: their ranking where they are three or more."""
        met = among(models, self.meetings)
        return self._rankings(text, met) or [self._pair(text, pair(one)) for one in met]

    def lines_of(self, text: Text, model: str) -> list[str]:
        """Of one model: how it does against each that it met."""
        return [self._pair(text, one) for one in pairs_of(model, self.meetings)[:_MOST_PAIRS]]

    def _pair(self, text: Text, one: Pair) -> str:
        said = text(
            "comparison.pair",
            one=self._names[one.one],
            other=self._names[one.other],
            won=one.won,
            count=one.count,
            low=round(100 * one.low),
            high=round(one.high, 2),
            verdict=say(f"comparison.verdict_{one.verdict}"),
        )
        return f"{said} {text('comparison.ties', count=one.ties)}" if one.ties else said

    def _rankings(self, text: Text, meetings: Sequence[Meeting]) -> list[str]:
        lines: list[str] = []
        for ranks in rankings(meetings):
            lines.append(text("comparison.ranking"))
            lines += [
                text(
                    "comparison.rank",
                    number=number,
                    model=self._names[one.model],
                    share=round(one.share, 2),
                    low=round(100 * one.low),
                    high=round(one.high, 2),
                )
                for number, one in enumerate(ranks, 1)
            ]
        return lines


async def tally_in(context: Context, team: str, channels: Collection[str]) -> Tally:
    """The votes of these channels."""
    async with context.services.database.read() as connection:
        found = await comparisons.meetings(connection, team, channels)
        models = {name for each in found for name in (each.one, each.other)}
        shown = await comparisons.names(connection, models)
    return Tally(found, {name: name_of(context, name, said) for name, said in shown.items()})
