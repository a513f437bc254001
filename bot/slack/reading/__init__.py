"""Reads what Slack sends into plain values: nobody else looks into a payload, and nothing in one is trusted here."""
