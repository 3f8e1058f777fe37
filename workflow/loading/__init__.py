"""From the file of processes to definitions that are checked, proved and published."""
