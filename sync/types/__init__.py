"""Field types: how a value is compared, merged and shown (see `sync.types.base`)."""
