"""The title of a schema's picture, in the reader's language."""

from tunesmith.bot.ddl.picture import Drawn
from tunesmith.bot.messages import text_for


def picture_title(language: str, drawn: Drawn) -> str:
    """What stands above the picture of the tables."""
    text = text_for(language)
    key = "schema.picture_some" if drawn.tables < drawn.all_tables else "schema.picture_all"
    said = text(key, tables=drawn.tables, all=drawn.all_tables)
    said += " · " + text("schema.picture_declared", count=drawn.declared)
    if drawn.inferred:
        said += text("schema.picture_inferred", count=drawn.inferred)
    return said
