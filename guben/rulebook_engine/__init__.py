"""Rules read, checked, compiled and explained: plain Python that knows no Django and no word of the domain."""
