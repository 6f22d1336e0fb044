"""Which emotes of 7TV, BetterTTV and FrankerFaceZ a channel had at which time."""
