"""Stories that play by themselves on the two screens, with a caption for every turn."""
