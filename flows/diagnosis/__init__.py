"""Diagnosis: what answers of Workday mean, from one response to the likely root causes; it asks nothing."""
