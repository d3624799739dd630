"""Train and validation: by skeleton, so that no paraphrase of a trained query is validated."""

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator

from tunesmith.bot.text2sql.pairs import FACTS, Pair, question_key
from tunesmith.bot.text2sql.select import ENOUGH

_SHARE = 0.1


def split(pairs: list[Pair], seed: int) -> tuple[list[Pair], list[Pair]]:
    """About a tenth goes to validation, as whole skeletons and turn by turn over the intents.

    Schema facts all stay in training: a model cannot guess them. So does every skeleton without
    which a column would be trained less than three times, or a relation or code not at all.
    """
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.skeleton].append(pair)
    left: Counter[Hashable] = Counter()
    for pair in pairs:
        left.update(_needs(pair))
    held: set[str] = set()
    wanted = int(len(pairs) * _SHARE)
    for skeleton in _candidates(groups, random.Random(f"{seed}:split")):
        group = groups[skeleton]
        if len(group) > wanted:
            continue
        used: Counter[Hashable] = Counter(need for pair in group for need in _needs(pair))
        if all(left[need] - count >= _least(need) for need, count in used.items()):
            left.subtract(used)
            held.add(skeleton)
            wanted -= len(group)
    train = [pair for pair in pairs if pair.skeleton not in held]
    valid = [pair for pair in pairs if pair.skeleton in held]
    return train, valid


def leaks(train: list[Pair], valid: list[Pair]) -> int:
    """How many validation pairs share their skeleton, question or SQL with training."""
    skeletons = {pair.skeleton for pair in train}
    questions = {question_key(pair.content) for pair in train}
    answers = {pair.answer for pair in train if pair.is_sql}
    return sum(
        pair.skeleton in skeletons
        or question_key(pair.content) in questions
        or pair.answer in answers
        for pair in valid
    )


def _needs(pair: Pair) -> Iterator[Hashable]:
    yield from (("column", *column) for column in pair.columns)
    yield from (("link", link) for link in pair.links)
    yield from (("code", *code) for code in pair.codes)
    yield from (("table", table) for table in pair.tables)
    yield ("intent", pair.intent)


def _least(need: Hashable) -> int:
    return ENOUGH if isinstance(need, tuple) and need[0] == "column" else 1


def _candidates(groups: dict[str, list[Pair]], chance: random.Random) -> list[str]:
    queues: dict[str, list[str]] = defaultdict(list)
    for skeleton, group in groups.items():
        if group[0].intent not in FACTS:
            queues[group[0].intent].append(skeleton)
    for queue in queues.values():
        chance.shuffle(queue)
    longest = max((len(queue) for queue in queues.values()), default=0)
    return [
        queue[turn] for turn in range(longest) for queue in queues.values() if turn < len(queue)
    ]
