"""The development of members: board by stage, plan, channels, quality, samples and the three cultivations."""
