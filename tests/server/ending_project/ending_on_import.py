"""A module that raises KeyboardInterrupt, as an interrupted download in it would."""

raise KeyboardInterrupt
