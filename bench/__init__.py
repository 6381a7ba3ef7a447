"""Measuring the service beside a floor and a usual template, in one run on one machine."""
