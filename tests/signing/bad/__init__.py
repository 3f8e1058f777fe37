"""Bad containers, certificates, lists and time-stamps, declared as data."""
