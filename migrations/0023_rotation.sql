-- Keys that rotate, and when a key was last used.

-- The key that this one was made from. A key has one successor at most, so that of two rotations at once one is refused,
-- and who holds a rotated key cannot make another one. No foreign key: a sweep of browser tokens would look for successors.
ALTER TABLE keys ADD COLUMN successor_of TEXT;
CREATE UNIQUE INDEX keys_by_predecessor ON keys (successor_of) WHERE successor_of IS NOT NULL;

-- To an hour: NULL where it was never used, or not since this column is there.
ALTER TABLE keys ADD COLUMN last_used_at_ms INTEGER;
