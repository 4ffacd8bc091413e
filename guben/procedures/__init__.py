"""Cases that run step by step through the procedures of the rulebooks."""
