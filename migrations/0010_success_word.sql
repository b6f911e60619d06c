-- The word by which RunComfy said that the job succeeded: programs stop polling on the one or on the other. It stands
-- here and not in the result, because a result may be too large to keep.
ALTER TABLE jobs ADD COLUMN success_word TEXT CHECK (success_word IN ('succeeded', 'completed'));
