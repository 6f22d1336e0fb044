"""The emotes that moments know: Twitch's by the tag, the others' by the catalogues that the counter of emotes keeps."""

from pathlib import Path

from contracts import metrics
from emote_catalogue.provider import CatalogueProvider
from emote_catalogue.store_reader import StoreReader
from moment_detection.evidence.emotes import TWITCH_ONLY, EmoteProvider, EmoteProviders
from service_runtime.measures import measure


def emote_providers(catalogues: Path | None) -> EmoteProvider:
    """Return who is asked for a message's emotes. `catalogues`: the file of `Versions`, which may be away."""
    if catalogues is None:
        return TWITCH_ONLY
    store = StoreReader(catalogues, report=measure(metrics.DETECTOR_CATALOGUES).set)
    return EmoteProviders(TWITCH_ONLY, CatalogueProvider(store))
