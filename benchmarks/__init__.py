"""How well and how cheaply leaks are found, side by side with other ways. Not part of the monitor."""
