"""Which pairs to keep when the set has to be small: coverage first, then variety."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import zip_longest

from tunesmith.bot.text2sql.pairs import Pair

# A column counts as covered when it was asked this often.
ENOUGH = 3
NEGATIVES = 0.07
_DDL_SHARE = 0.1

Bundle = list[Pair]  # one skeleton in one language: its phrasings


def select(pairs: list[Pair], most: int, seed: int) -> list[Pair]:
    """At most `most` pairs, in the order of `pairs`.

    First every table's DDL (in a set that can afford it also its columns and its key), then lists
    until each column is asked three times, then queries until each code value and relation is used
    once, then whole bundles of phrasings, turn by turn over the intents. Pairs with the schema in
    the prompt are long and come in only where everything fits.
    """
    if len(pairs) <= most:
        return pairs
    plain = [pair for pair in pairs if pair.schema is None]
    negatives = [pair for pair in plain if pair.intent == "missing"]
    negatives = negatives[: round(most * NEGATIVES)]
    choice = _Choice(most - len(negatives))
    bundles = _bundles(pair for pair in plain if pair.intent != "missing")
    queries = _mixed(bundle for bundle in bundles if bundle[0].is_sql)
    facts = [bundle for bundle in bundles if bundle[0].language == plain[0].language]
    ddl = [bundle for bundle in facts if bundle[0].intent == "ddl"]
    # A DDL is long: it takes several questions to learn it.
    can_afford = sum(map(len, ddl)) <= most * _DDL_SHARE
    for bundle in ddl:
        choice.add(bundle if can_afford else bundle[:1])
    for bundle in facts:
        if can_afford and bundle[0].intent in ("columns", "key"):
            choice.add(bundle[:1])
    choice.cover_columns(pair for pair in queries if pair.intent == "list")
    choice.cover_columns(plain)
    # Sums first: "how much was refunded" is what codes and relations are asked for.
    choice.cover_uses(sorted(queries, key=lambda pair: "SUM(" not in pair.answer))
    for bundle in _by_turns(bundles, random.Random(f"{seed}:select")):
        choice.add(bundle)
    kept = choice.kept | {id(pair) for pair in negatives}
    return [pair for pair in pairs if id(pair) in kept]


class _Choice:
    def __init__(self, most: int) -> None:
        self.kept: set[int] = set()
        self._most = most
        self._asked: Counter[tuple[str, str]] = Counter()
        self._used: set[object] = set()

    def add(self, pairs: Bundle) -> None:
        """Keep these, as far as there is room."""
        for pair in pairs:
            if len(self.kept) < self._most and id(pair) not in self.kept:
                self.kept.add(id(pair))
                self._asked.update(pair.columns)
                if pair.is_sql:
                    self._used.update(pair.codes + pair.links)

    def cover_uses(self, pairs: Iterable[Pair]) -> None:
        """Keep each query that uses a code value or a relation for the first time."""
        for pair in pairs:
            if not self._used.issuperset(pair.codes + pair.links):
                self.add([pair])

    def cover_columns(self, pairs: Iterable[Pair]) -> None:
        """Keep each pair that asks for a column not yet asked often enough."""
        for pair in pairs:
            if any(self._asked[column] < ENOUGH for column in pair.columns):
                self.add([pair])


def _bundles(pairs: Iterable[Pair]) -> list[Bundle]:
    found: dict[tuple[str, str], Bundle] = defaultdict(list)
    for pair in pairs:
        found[pair.skeleton + pair.answer, pair.language].append(pair)
    return list(found.values())


def _mixed(bundles: Iterable[Bundle]) -> list[Pair]:
    """The pairs query by query, the languages taking turns within a query and in starting it."""
    queries: dict[str, list[Bundle]] = defaultdict(list)
    for bundle in bundles:
        queries[bundle[0].answer].append(bundle)
    mixed: list[Pair] = []
    for place, spoken in enumerate(queries.values()):
        turn = place % len(spoken)
        for pairs in zip_longest(*spoken[turn:], *spoken[:turn]):
            mixed += [pair for pair in pairs if pair]
    return mixed


def _by_turns(bundles: list[Bundle], chance: random.Random) -> list[Bundle]:
    """The bundles, one of each intent in turn, within an intent in random order."""
    queues: dict[str, list[Bundle]] = defaultdict(list)
    for bundle in bundles:
        queues[bundle[0].intent].append(bundle)
    for queue in queues.values():
        chance.shuffle(queue)
    longest = max((len(queue) for queue in queues.values()), default=0)
    return [
        queue[turn] for turn in range(longest) for queue in queues.values() if turn < len(queue)
    ]
