"""Tests of the door to the files of the user."""
