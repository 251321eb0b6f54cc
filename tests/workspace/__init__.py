"""Tests of the access to the user's files."""
