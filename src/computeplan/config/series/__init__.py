"""Series over the horizon: local clocks, tariffs, typical days, and columns of files."""
