"""Stand-in and throw-away servers: for the demo, for trying a mapping, for tests."""
