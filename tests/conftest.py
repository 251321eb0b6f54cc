"""What holds for all tests."""

from hypothesis import settings

# A deadline is an absolute time: on a loaded machine it fails whatever the code does.
settings.register_profile("midfill", deadline=None)
settings.load_profile("midfill")
