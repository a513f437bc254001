"""Everything that people can see, drawn from made-up links for whoever words it: no link, no database, no network."""
