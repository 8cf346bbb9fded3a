"""The tests mirror the floors of the house; a package, so that the loopback carrier also runs as a process."""
