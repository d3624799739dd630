"""The data visualization block.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tunesmith.local.workspace.validate.block_kit.objects import Id, Part

_Label: TypeAlias = Annotated[str, Field(min_length=1, max_length=20)]


class Segment(Part):
    """A slice of a pie."""

    label: _Label
    value: float = Field(gt=0)


class Pie(Part):
    """A pie chart."""

    type: Literal["pie"]
    segments: list[Segment] = Field(min_length=1, max_length=6)


class Point(Part):
    """One value of a series at one category."""

    label: _Label
    value: float


class Series(Part):
    """A named row of values."""

    name: _Label
    data: list[Point] = Field(min_length=1, max_length=20)


class Axes(Part):
    """What stands along the axes."""

    categories: list[_Label] = Field(min_length=1, max_length=20)
    x_label: str | None = Field(None, max_length=50)
    y_label: str | None = Field(None, max_length=50)


class Plot(Part):
    """A line, bar or area chart: every series has exactly one point for every category."""

    type: Literal["line", "bar", "area"]
    series: list[Series] = Field(min_length=1, max_length=6)
    axis_config: Axes

    @model_validator(mode="after")
    def _series_cover_categories(self) -> "Plot":
        names = [series.name for series in self.series]
        if len(set(names)) != len(names):
            raise PydanticCustomError("series_names", "series names must be unique")
        categories = sorted(self.axis_config.categories)
        for series in self.series:
            if sorted(point.label for point in series.data) != categories:
                raise PydanticCustomError(
                    "series_labels", "series data labels must match axis_config.categories"
                )
        return self


class DataVisualization(Part):
    """A chart."""

    type: Literal["data_visualization"]
    block_id: Id | None = None
    title: str = Field(min_length=1, max_length=50)
    chart: Annotated[Pie | Plot, Field(discriminator="type")]
