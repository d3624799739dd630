"""Whether the database is out of order, or was asked for something wrong."""

import errno

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# NotSupportedError is none: asyncpg raises it, once, for a statement that was prepared before
# another replica migrated the tables.
_OUR_FAULT = (DataError, IntegrityError, ProgrammingError)


def is_outage(error: Exception) -> bool:
    """Whether the same may succeed later: the database or the disk is full, busy or away, or a
    deadlock was ended.
    """
    if isinstance(error, DBAPIError):
        return not isinstance(error, _OUR_FAULT)
    if isinstance(error, PoolTimeoutError | ConnectionError):
        return True
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
