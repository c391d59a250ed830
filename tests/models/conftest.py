"""Property tests draw the same cases on every run, and no slow machine fails them."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")
