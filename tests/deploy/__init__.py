"""The step past one machine, as `docs/outgrow.md` explains it, with the files of `deploy/`."""
