"""The one part of flows that speaks to Workday: it turns a plan into observations and decides nothing."""
