"""Answers as they travel: status, headers, paths, rate limits, odd ways to send them."""
