"""The language of the API's texts, as a parameter; `middleware.readers` has read it already."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BeforeValidator

from api_frontend.data.lists.parameters import none_if_empty

Spoken = Literal["en", "de"]


async def language(
    lang: Annotated[
        Annotated[Spoken, Query()] | None,
        BeforeValidator(none_if_empty),
        Query(description="the language of texts such as `lead` and `text`; English if not given", examples=["de"]),
    ] = None,
) -> None:
    """Refuse a language that the site does not speak, and describe the parameter."""
