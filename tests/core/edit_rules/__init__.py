"""Tests of the next edit without a model."""
