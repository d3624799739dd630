"""Make an evaluation ready: its rows and prompts are written down, and what it costs is known."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from tunesmith.bot.answers.cost import cost
from tunesmith.bot.answers.evaluation.contestants import (
    Contestant,
    Label,
    contestants_of,
    stored,
    total_usd,
)
from tunesmith.bot.answers.evaluation.preparing import MOST_ROWS, Prepared, Source, prepare
from tunesmith.bot.answers.evaluation.rows import KnownRow
from tunesmith.bot.answers.metrics.score import Facts
from tunesmith.bot.answers.model import AskedModel, base_model, from_ref, obstacle
from tunesmith.bot.answers.trained import trained
from tunesmith.bot.datasets import tokens
from tunesmith.bot.errors import DatasetError, ProviderError
from tunesmith.bot.messages import say
from tunesmith.bot.providers.asking import Usage
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, evaluations, jobs
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.evaluation_values import (
    Evaluation,
    EvaluationKind,
    EvaluationStatus,
    Row,
    RowAnswer,
)
from tunesmith.storage.jobs import Job

MOST_GOLDEN = 100
"""Rows of which the answers are recorded after a job."""

_SECONDS = 300.0


async def offer(services: Services, work: Work[Any], evaluation: Evaluation) -> Evaluation:
    """Read the rows, price the questions and write both down; the evaluation as it stands then.

    Raises DatasetError where the file is gone or holds nothing that can be asked, ProviderError
    where the model is gone.
    """
    model = await from_ref(services, contestants_of(evaluation)[0].ref)
    if model is None:
        raise ProviderError(say("evaluation.model_gone", model=evaluation.job_id))
    async with services.database.read() as connection:
        job = await jobs.get(connection, evaluation.job_id)
        assert job is not None
        rows = await datasets.get(connection, evaluation.dataset_id)
        training = await datasets.get(connection, job.dataset_id)
        golden = await evaluations.get(connection, evaluation.against or "")
        recorded = await evaluations.rows_of(connection, evaluation.against or "")
    against = obstacle(services, model, job if model.kind != "base" else None)
    if against is not None:
        raise ProviderError(against)
    source = await _source(services, evaluation, model, rows, training)
    if golden is not None:
        known = [KnownRow.model_validate(row.row) for row in recorded]
        source = replace(source, rows=known, facts=Facts.model_validate(golden.facts))
    prepared = await services.processes.run(partial(prepare, source), seconds=_SECONDS)
    if not prepared.rows:
        raise DatasetError(say("evaluation.no_rows", name=rows.name if rows else ""))
    contestants = _contestants(services, evaluation, job, model, prepared)
    if golden is not None:
        shown = contestants_of(golden)[0].shown
        contestants.append(
            Contestant(label="golden", ref="", provider="", shown=shown, usd=Decimal(0))
        )
    await _write(services, work, evaluation, prepared, contestants)
    async with services.database.read() as connection:
        found = await evaluations.get(connection, evaluation.id)
    assert found is not None
    return found


async def _source(
    services: Services,
    evaluation: Evaluation,
    model: AskedModel,
    rows: Dataset | None,
    training: Dataset | None,
) -> Source:
    """Where the files are. Raises DatasetError where that with the rows is not kept any more."""
    path = _kept(services, rows)
    if path is None and evaluation.against is None:
        raise DatasetError(say("evaluation.file_gone"))
    entry = services.catalogue.providers[model.provider].model(model.base_model)
    schemas = (each.schema_sha256 for each in (rows, training) if each)
    schema = next(filter(None, schemas), None)
    return Source(
        rows=path or [],
        training=_kept(services, training),
        schema=_file(services, schema),
        trained=await trained(services, model),
        encoding=tokens.source(entry.encoding, entry.tokenizer_file) if entry else None,
        context=entry.inference_context if entry else None,
        with_shots=_has_base(evaluation, model),
        most=MOST_GOLDEN if evaluation.kind is EvaluationKind.GOLDEN else MOST_ROWS,
    )


def _kept(services: Services, dataset: Dataset | None) -> Path | None:
    return _file(services, dataset.sha256 if dataset else None)


def _file(services: Services, sha256: str | None) -> Path | None:
    path = services.settings.files / sha256 if sha256 else None
    return path if path and path.exists() else None


def _has_base(evaluation: Evaluation, model: AskedModel) -> bool:
    return evaluation.kind is EvaluationKind.EVALUATION and model.kind != "base"


def _contestants(
    services: Services, evaluation: Evaluation, job: Job, model: AskedModel, prepared: Prepared
) -> list[Contestant]:
    """Who is asked: the model, and beside it its base model without and with examples. A base model
    that can't be asked says why.
    """
    asked: list[tuple[Label, AskedModel, int | None]] = [("tuned", model, prepared.input_tokens)]
    if _has_base(evaluation, model):
        base = base_model(job.provider, job.base_model, job)
        against = obstacle(services, base, None)
        if against is not None:
            return [
                _priced(services, prepared, *asked[0]),
                _contestant("base", base, usd=Decimal(0), gone=against),
            ]
        asked.append(("base", base, prepared.input_tokens))
        if any(prepared.shots):
            asked.append(("few_shot", base, prepared.shot_tokens))
    return [_priced(services, prepared, *each) for each in asked]


def _priced(
    services: Services, prepared: Prepared, label: Label, model: AskedModel, read: int | None
) -> Contestant:
    written = prepared.output_tokens
    usage = None if read is None or written is None else Usage(read, written)
    usd = cost(services.catalogue, model, usage)
    return _contestant(label, model, input_tokens=read, output_tokens=written, usd=usd)


def _contestant(label: Label, model: AskedModel, **values: Any) -> Contestant:
    return Contestant(
        label=label, ref=model.ref, provider=model.provider, shown=model.shown, **values
    )


async def _write(
    services: Services,
    work: Work[Any],
    evaluation: Evaluation,
    prepared: Prepared,
    contestants: list[Contestant],
) -> None:
    rows = [
        Row(
            evaluation_id=evaluation.id,
            number=number,
            row=row.model_dump(mode="json"),
            shots=shots.model_dump(mode="json") if shots else None,
        )
        for number, (row, shots) in enumerate(zip(prepared.rows, prepared.shots, strict=True), 1)
    ]
    async with services.database.read() as connection:
        recorded = await evaluations.answers_of(connection, evaluation.against or "")
    async with work.step() as connection:
        await evaluations.add_rows(connection, rows)
        await evaluations.keep(
            connection,
            [_recorded(evaluation, each) for each in recorded if each.contestant == "tuned"],
        )
        await evaluations.move_on(
            connection,
            evaluation.id,
            (EvaluationStatus.PREPARING,),
            EvaluationStatus.OFFERED,
            contestants=stored(contestants),
            rows=len(rows),
            left_out=prepared.left_out,
            facts=prepared.facts.model_dump(mode="json"),
            estimated_usd=total_usd(contestants),
        )


def _recorded(evaluation: Evaluation, answer: RowAnswer) -> RowAnswer:
    """A recorded answer as one of a replay, which costs nothing."""
    return replace(answer, evaluation_id=evaluation.id, contestant="golden", usd=Decimal(0))
