"""Downloads of a recap for editors: chapters, tables, cut lists and markers."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Response

from api_frontend.rendering import READER_PAGE
from api_frontend.text.recap.exports import FORMATS, ranges_of
from api_frontend.text.recap.night_page import recap_description
from api_frontend.translation import _
from api_frontend.views.recap import CurrentStream
from highlight_exports.frame_rate import RATES
from highlight_exports.ranges import ExportError

MOST_OFFSET = 48 * 3600  # seconds: a stream is no longer

router = APIRouter(include_in_schema=False)
Format = Annotated[Literal["chapters", "csv", "json", "edl", "markers", "xml"], Query()]
Rate = Annotated[Literal["25", "29.97", "30", "50", "59.94", "60"], Query(description="frames per second of the video")]
Offset = Annotated[
    float, Query(ge=-MOST_OFFSET, le=MOST_OFFSET, description="seconds from the stream to the recording")
]


@router.api_route("/channels/{login}/streams/{stream_id}/export", methods=["GET", "HEAD"])
async def export(here: CurrentStream, format: Format = "chapters", fps: Rate = "30", offset: Offset = 0.0) -> Response:
    """Hand the stream's moments to an editing program."""
    recap, channel = here.recap, here.at.known.channel
    moments = await here.at.site.moments.by_ids(each.moment_id for each in recap.eruptions)
    ending, media_type, write = FORMATS[format]
    name = f"{here.at.known.address_name}-{recap.stream.stream_id}"
    try:
        text = write(ranges_of(recap, moments, offset), RATES[fps], recap_description(recap, channel), f"{name}.mp4")
    except ExportError as error:
        raise HTTPException(404, _("This list holds too few moments, or too many, for this format.")) from error
    headers = {"Content-Disposition": f'attachment; filename="{name}-{format}.{ending}"'}
    return Response(text, media_type=f"{media_type}; charset=utf-8", headers=READER_PAGE | headers)
