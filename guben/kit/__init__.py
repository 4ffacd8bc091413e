"""The toolbox: plain Python that knows no word of the domain."""
