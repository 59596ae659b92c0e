"""The interpreter that is meant, downloaded where that is allowed and none is there (PYT-1, PYT-3)."""

from hobd.environments.discovery import Found, InterpreterNotFound, find_python
from hobd.environments.requests import PythonRequest
from hobd.environments.search import Search
from hobd.service.session import Session


async def find_or_download(request: PythonRequest, search: Search, session: Session) -> Found:
    """The interpreter that is meant; where none is there, and it is allowed, one is downloaded.

    Raises:
        InterpreterNotFound: there is none; the hint says why none was downloaded.
        HobError: one exists and does not work, or the download failed.
    """
    try:
        return await find_python(request, search, session.prober())
    except InterpreterNotFound as error:
        if search.environments == "only-virtual":
            raise
        from hobd.service.pythons.missing import replace_missing  # who has a Python needs none of it

        return await replace_missing(request, error, session)
