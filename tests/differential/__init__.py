"""The same programs through srcgrad and through another library."""
