"""The SQL in a model's answer: in a fence, in a code span, or bare between sentences.

A fence or a code span is taken whole. Bare SQL is taken from the words that begin it to the
longest piece of text that still reads as SQL, in English, Chinese and Korean prose alike. What
follows a semicolon and begins like a statement stays in, so that no second statement gets lost.
"""

import re
from collections.abc import Iterator

from sqlglot import exp

from tunesmith.bot.ddl.dialects.profile import Profile, words
from tunesmith.bot.sql.fences import SQL_LANGUAGES, code_spans, fenced_blocks
from tunesmith.bot.sql.parsing import LONGEST, NotSqlError, parse, tokenize

# The words that begin a statement in prose; single verbs such as "update" are plain English.
_BEGINS = re.compile(
    r"(?<![A-Za-z0-9_$.])(?:"
    r"SELECT(?![A-Za-z0-9_$])|WITH\s+(?:RECURSIVE\s+)?[\w\"`\[\]]+\s*(?:\([^()]*\)\s*)?AS\s*\(|"
    r"(?:INSERT|REPLACE|MERGE)\s+INTO\s|DELETE\s+FROM\s|UPDATE\s+\S+\s+(?:\S+\s+)?SET\s|"
    r"(?:ALTER|TRUNCATE)\s+TABLE\s|EXEC(?:UTE)?\s+\w|"
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:\w+\s+)?(?:TABLE|VIEW|INDEX|FUNCTION|PROCEDURE)\s|"
    r"DROP\s+(?:TABLE|VIEW|INDEX|DATABASE|SCHEMA)\s)",
    re.IGNORECASE,
)
_FIRST_WORDS = words(
    """
    ALTER ANALYZE ATTACH BACKUP BEGIN BULK CALL COMMENT COPY CREATE DBCC DECLARE DELETE DESC
    DESCRIBE DETACH DO DROP EXEC EXECUTE EXPLAIN GRANT HANDLER INSERT INSTALL KILL LOAD LOCK
    MERGE PRAGMA RENAME REPLACE RESTORE REVOKE SELECT SET SHOW SHUTDOWN TRUNCATE UPDATE USE
    VACUUM VALUES WAITFOR WITH
    """
)
_PROMPT = re.compile(r"^\s*(?:mysql|sqlite|SQL|MariaDB \[\w+\]|\w+[=-][#>])[>#]?\s", re.MULTILINE)
_NOT_BLANK = re.compile(r"[\s(]*")
_WORD = re.compile(r"\s*\(*\s*([A-Za-z]+)")
# "Select the newest orders from the list" is a sentence; SELECT a FROM b is not.
_ENGLISH = re.compile(
    r"\(*\s*select\s+(?:(?:the|an?|any|your|their|its|this|that|these|those|which|what|who|only|"
    r"statements?|quer(?:y|ies)|clauses?)\s+(?!from\b|as\b)\w|from\b)",
    re.IGNORECASE,
)
_ENGLISH_AFTER_FROM = re.compile(
    r"\bfrom (?:the|an?|this|that|these|those|your|our|my|their|its|which|each|any) (?!where|join)"
)
_CLAUSE = re.compile(
    r"\b(?:from|where|group|order|join|on|and|or|limit|having|union|as|in|between|like|asc|desc)\b"
    r"|[=<>,]",
    re.IGNORECASE,
)
# What stands in front of a line in Markdown and XML: a quote, an item of a list, a tag.
_MARKER = re.compile(r"^\s*(?:>\s*|[-*+]\s+|\d+[.)]\s+|</?\w+>)*")
_PARAGRAPH_END = re.compile(r"\n\n|</\w+>")
# What goes on after a piece of a statement in capitals; no sentence begins like this.
_GOES_ON = re.compile(
    r"[)\s]*(?:FROM|WHERE|(?:(?:INNER|LEFT|RIGHT|FULL|CROSS)\s+)?JOIN|ON|AND|OR|AS|GROUP\s+BY|HAVING"
    r"|ORDER\s+BY|LIMIT|UNION)(?![A-Za-z])"
)
# What no sentence holds and a shorter piece would hide.
_NOT_PROSE = re.compile(r"\w/\*|/\*[!M]|\\\w|\b(?:OUTFILE|DUMPFILE|EXEC|SHUTDOWN|WAITFOR)\b")
_CJK = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK_START = re.compile(f"(?<![{_CJK}A-Za-z0-9_])[{_CJK}]|(?<=[A-Za-z0-9_])[{_CJK}]")
_SENTENCE_ENDS = "。！？"
_QUOTES = {"'": "'", '"': '"', "`": "`"}
_STATEMENTS = 20
# Pieces tried for one bare statement, and the characters read for all of them together.
_TRIES, _BUDGET = 60, LONGEST


def extract_sql(text: str, dialect: Profile) -> list[str]:
    """The first statements of an answer, in its order; empty where it holds none."""
    client_end = dialect.lexing.client_end
    text = re.sub(client_end, "", text, flags=re.MULTILINE) if client_end else text
    blocks = [(b.language, _PROMPT.sub("", b.body).strip()) for b in fenced_blocks(text)]
    fenced = [body for language, body in blocks if language in SQL_LANGUAGES or _begins(body)]
    if any(fenced):
        return [body for body in fenced if body][:_STATEMENTS]
    if _begins(text) and _is_bare(text):
        if _BEGINS.match(text.lstrip(" \t\r\n(")):
            return list(_bare(text, dialect)) or [text.strip()]
        return [text.strip().partition("\n\n")[0]]
    spans = [span.strip() for span in code_spans(text) if _BEGINS.match(span.strip())]
    return spans[:_STATEMENTS] or list(_bare(text, dialect))


def _begins(text: str) -> bool:
    """Whether a text begins with a statement, after comments and brackets."""
    position = 0
    while True:
        blank = _NOT_BLANK.match(text, position)
        position = blank.end() if blank else position
        if text.startswith("--", position):
            end = text.find("\n", position)
        elif text.startswith("/*", position) and not text.startswith("/*!", position):
            end = text.find("*/", position)
        else:
            break
        if end < 0:
            return False
        position = end + 2 if text[end] == "*" else end
    word = _WORD.match(text, position)
    return bool(word and word[1].upper() in _FIRST_WORDS) or text.startswith("/*!", position)


def _is_bare(text: str) -> bool:
    """Whether a whole answer is a statement and not a sentence such as "Show the orders"."""
    word = _WORD.match(text)
    return word is None or word[1].isupper() or text.rstrip().endswith(";")


def _bare(text: str, dialect: Profile) -> Iterator[str]:
    position = 0
    for _ in range(_STATEMENTS):
        match = _BEGINS.search(text, position)
        if match is None:
            return
        begin = match.start()
        while begin and text[begin - 1] == "(":
            begin -= 1
        end = _end(text, begin)
        piece = _longest(text[begin:end], dialect)
        if piece is None and _may_be_broken(text, begin, end):
            piece = _PARAGRAPH_END.split(text[begin:end], maxsplit=1)[0].strip()
        if piece is None:
            position = match.end()
            continue
        yield piece
        position = begin + len(piece)


def _end(text: str, begin: int) -> int:
    """Where a statement must end: a sentence's end, or a semicolon that no statement follows."""
    quote = ""
    for position in range(begin, min(len(text), begin + 2 * LONGEST)):
        character = text[position]
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = _QUOTES[character]
        elif character in _SENTENCE_ENDS:
            return position
        elif character in ";；":
            word = _WORD.match(text, position + 1)
            if not (word and word[1].upper() in _FIRST_WORDS):
                return position
    return min(len(text), begin + 2 * LONGEST)


def _longest(text: str, dialect: Profile) -> str | None:
    """The longest beginning of a text that reads as SQL; a sentence behind it is left out."""
    text = text.rstrip()
    if _is_english(text):
        return None
    if len(text) > LONGEST:
        return text
    if not text.lstrip("( \n")[:6].upper().startswith(("SELECT", "WITH", "CREATE")):
        return text.partition("\n\n")[0].rstrip()
    hidden = _NOT_PROSE.search(text)
    if hidden is not None:
        line = text.find("\n", hidden.end())
        return text if line < 0 else text[:line]
    piece = next((piece for piece in _pieces(text) if _reads(piece, dialect)), None)
    if piece is not None and text.startswith(("SELECT", "WITH")):
        line = text.find("\n", len(piece))
        whole = text if line < 0 else text[:line]
        return whole if _GOES_ON.match(text, len(piece)) else piece
    return piece


def _pieces(text: str) -> Iterator[str]:
    """Beginnings of a text, the likeliest first, as many as can be read in a second or two."""
    budget = _BUDGET
    for cut in (*_prose_starts(text), *_cuts(text)):
        budget -= cut
        piece = text[:cut].rstrip(" \t\r\n.,:：，")
        if budget < 0:
            return
        if piece:
            yield piece


def _prose_starts(text: str) -> Iterator[int]:
    """Where Chinese or Korean prose may begin: nothing behind it looks like a clause."""
    for match in _CJK_START.finditer(text):
        if not _CLAUSE.search(text, match.start()) and text.count("'", 0, match.start()) % 2 == 0:
            yield match.start()


def _cuts(text: str) -> list[int]:
    """The whole text, then ever shorter ones that end at a line's, then at a word's end."""
    lines = [match.start() for match in re.finditer(r"\n", text)]
    spaces = [match.start() for match in re.finditer(r"\s|[,.](?=\s)|[<\"}]", text)]
    shorter = (*reversed(lines[-_TRIES // 2 :]), *reversed(spaces[-_TRIES // 2 :]))
    return [len(text), *dict.fromkeys(shorter)]


def _reads(piece: str, dialect: Profile) -> bool:
    """Whether a piece is SQL that means something, and not words that happen to parse."""
    try:
        tokens = tokenize(piece, dialect)
        if any(token.text == ";" for token in tokens):
            return True
        tree = parse(piece, tokens, dialect)
    except NotSqlError:
        return False
    if isinstance(tree, exp.Command):
        return False
    if isinstance(tree, exp.Select) and not tree.args.get("from_"):
        return not any(map(_names_a_column, tree.expressions))
    return True


def _names_a_column(item: exp.Expr) -> bool:
    """Whether it names a column itself, outside of queries in it."""
    nodes = item.walk(prune=lambda node: isinstance(node, exp.Query))
    return any(isinstance(node, exp.Column | exp.Star) for node in nodes)


def _is_english(text: str) -> bool:
    """Whether `select` is a verb of an English sentence here."""
    return bool(_ENGLISH.match(text)) or bool(_ENGLISH_AFTER_FROM.search(text[:300]))


def _may_be_broken(text: str, begin: int, end: int) -> bool:
    """Whether words that do not read as SQL were meant to: alone on their line, with a FROM."""
    if _is_english(text[begin:end]):
        return False
    line = text.rfind("\n", 0, begin)
    before = _MARKER.sub("", text[line + 1 : begin]).strip()
    return (not before or before[-1] in ":：") and len(text[begin:end].split()) > 2
