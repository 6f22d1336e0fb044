"""Whether the process is alive, and whether what it needs is available."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api_frontend.views.site import CurrentSite
from service_runtime.build_info import as_answer
from service_runtime.postgres import PostgresAwayError

router = APIRouter(include_in_schema=False)


@router.get("/health")
async def health() -> dict[str, bool]:
    """Answer that the process is alive."""
    return {"ok": True}


@router.get("/ready")
async def ready(site: CurrentSite) -> JSONResponse:
    """Report the version and what is unavailable.

    Without Postgres the site is not ready; without Redis it is only degraded.
    """
    problems, degraded = {}, {}
    try:
        await site.progress.read()
    except PostgresAwayError as error:
        problems["postgres"] = f"Postgres does not answer: {error}"
    if (redis_problem := await site.limits.api.problem()) is not None:
        degraded["redis"] = redis_problem
    body = {"ok": not problems, "problems": problems, "degraded": degraded, **as_answer()}
    return JSONResponse(body, status_code=503 if problems else 200)
