"""Tests of the next edit with a model."""
