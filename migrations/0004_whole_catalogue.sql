-- Every RunComfy model: what the catalogue sync knows and keeps, media rules, renamed ids, LoRA names of customers.

-- enforce: media that break their rules are refused. advise: forwarded with a warning. off: nobody looks.
ALTER TABLE models ADD COLUMN media TEXT NOT NULL DEFAULT 'enforce' CHECK (media IN ('enforce', 'advise', 'off'));
-- An old id of another model, kept alive; its own schema and price are not used.
ALTER TABLE models ADD COLUMN alias_of TEXT REFERENCES models (id);
ALTER TABLE models ADD COLUMN pricing_note TEXT NOT NULL DEFAULT '';
ALTER TABLE models ADD COLUMN model_url TEXT NOT NULL DEFAULT '';
-- SHA-256 of the schema without titles and with its keys in order. Rows from before have a name of their own there:
-- all that is asked of it is that two different schemas never share one.
ALTER TABLE models ADD COLUMN schema_hash TEXT NOT NULL DEFAULT '';
UPDATE models SET schema_hash = id || '#' || revision;

-- Columns that the operator set and the sync therefore leaves alone, as a list of names.
ALTER TABLE models ADD COLUMN by_hand TEXT NOT NULL DEFAULT '[]' CHECK (json_type(by_hand) = 'array');
UPDATE models SET by_hand = '["display_name","description","categories","input_schema","price","charge","validation","offered"]' WHERE source = 'builtin' AND revision > 1;
-- SHA-256 of RunComfy's entry as it was last taken over: an entry that has not changed is not looked at again.
ALTER TABLE models ADD COLUMN entry_hash TEXT NOT NULL DEFAULT '';
-- Full syncs in a row that did not find the model.
ALTER TABLE models ADD COLUMN missed INTEGER NOT NULL DEFAULT 0 CHECK (missed >= 0);
-- A price that RunComfy has and the operator has yet to accept: {"price": …}; null inside: it has none any more.
ALTER TABLE models ADD COLUMN held_price TEXT CHECK (held_price IS NULL OR json_type(held_price) = 'object');
-- What the sync could not use of the entry, and why: {"unpriced"?: …, "unusable"?: …, "notes"?: […]}.
ALTER TABLE models ADD COLUMN findings TEXT CHECK (findings IS NULL OR json_type(findings) = 'object');

-- The one row that says how far the sync is. Nobody else holds it until lease_until_ms.
CREATE TABLE catalogue_sync (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  lease_until_ms INTEGER NOT NULL,
  due_at_ms INTEGER NOT NULL,
  -- What the last sync that ended found, and what this one has found so far.
  report TEXT CHECK (report IS NULL OR json_type(report) = 'object'),
  progress TEXT CHECK (progress IS NULL OR json_type(progress) = 'object')
) STRICT;

INSERT INTO catalogue_sync (id, lease_until_ms, due_at_ms) VALUES (1, 0, 0);

-- Names (`style-v2.safetensors`) and prefixes (`acme-*`) of LoRA files in the operator's RunComfy account that this
-- customer may use.
ALTER TABLE customers ADD COLUMN loras TEXT NOT NULL DEFAULT '[]' CHECK (json_type(loras) = 'array');
