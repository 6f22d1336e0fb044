"""The other providers of emotes: 7TV, BetterTTV and FrankerFaceZ, with their catalogues, shapes, limits and faults."""
