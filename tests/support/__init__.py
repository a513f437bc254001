"""What tests of several kinds stand on: scenes, samples, servers. No test is in here."""
