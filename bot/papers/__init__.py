"""Papers as files: drawn as PDF, named and signed; decides nothing and sends nothing."""
