"""What happens behind the screens, as data: every request and answer, and what the app decided; it only looks."""
