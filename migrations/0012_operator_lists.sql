-- Lists over all keys: by age, by the readable part of a key.
CREATE INDEX keys_by_age ON keys (created_at_ms, id);
CREATE INDEX keys_by_hint ON keys (hint, created_at_ms, id);
